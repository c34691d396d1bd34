/// The ends of a doubly linked list of sequences, whose links are in a `SequenceTable`.
struct SequenceList: Sendable {
  private(set) var head: Int32 = -1
  private(set) var tail: Int32 = -1
  private(set) var count = 0

  /// The index of the first sequence; nil when empty.
  var first: Int? { head < 0 ? nil : Int(head) }
  /// The index of the last sequence; nil when empty.
  var last: Int? { tail < 0 ? nil : Int(tail) }
}

extension SequenceList {
  /// Puts the sequence at `index`, which is in no list, at the end.
  mutating func append(_ index: Int, in table: inout SequenceTable) {
    let index = Int32(truncatingIfNeeded: index)
    table[Int(index)].previous = tail
    table[Int(index)].next = -1
    if tail < 0 { head = index } else { table[Int(tail)].next = index }
    tail = index
    count += 1
  }

  /// Puts the sequence at `index`, which is in no list, at the front.
  mutating func prepend(_ index: Int, in table: inout SequenceTable) {
    let index = Int32(truncatingIfNeeded: index)
    table[Int(index)].previous = -1
    table[Int(index)].next = head
    if head < 0 { tail = index } else { table[Int(head)].previous = index }
    head = index
    count += 1
  }

  /// Takes the sequence at `index`, which is in this list, out of it.
  mutating func remove(_ index: Int, in table: inout SequenceTable) {
    let previous = table[index].previous
    let next = table[index].next
    if previous < 0 { head = next } else { table[Int(previous)].next = next }
    if next < 0 { tail = previous } else { table[Int(next)].previous = previous }
    table[index].previous = -1
    table[index].next = -1
    count -= 1
  }

  /// The indexes, first to last.
  func indexes(in table: SequenceTable) -> [Int] {
    var result: [Int] = []
    var index = head
    while index >= 0, result.count <= table.capacity {
      result.append(Int(index))
      index = table[Int(index)].next
    }
    return result
  }
}
