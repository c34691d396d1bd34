/// The text of an output with the borders of its tokens.
struct OutputText {
  let ids: [UInt32]
  let bytes: [UInt8]
  /// Where each token's text ends in `bytes`.
  let ends: [Int]

  init(_ tokens: TokenSequence) {
    ids = tokens.ids
    bytes = tokens.bytes
    var ends: [Int] = []
    ends.reserveCapacity(tokens.count)
    for position in 0..<tokens.count { ends.append((ends.last ?? 0) + tokens.piece(at: position).count) }
    self.ends = ends
  }

  /// Where the text of the first `count` tokens ends.
  func end(_ count: Int) -> Int { count == 0 ? 0 : ends[count - 1] }

  /// The first token with which `length` bytes of text are there.
  func token(completing length: Int) -> Int {
    var low = 0
    var high = ends.count - 1
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] >= length { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The tokens up to and with `last`, with no more than `textLength` bytes of text.
  func tokens(through last: Int, textLength: Int) -> TokenSequence {
    let offsets = (0...(last + 1)).map { Int32(truncatingIfNeeded: min(end($0), textLength)) }
    let table = TokenTable(ids: Array(ids[...last]), bytes: Array(bytes[..<textLength]), offsets: offsets)
    return TokenSequence(table: table, indexes: (0...last).map { Int32(truncatingIfNeeded: $0) })
  }
}
