/// When each sequence is due next, as a tree of minima with four children per node.
///
/// A heap would do for the earliest instant. But a sequence that is cancelled must leave at once, and in a heap that
/// takes either a second table of positions or stale entries. Here a sequence's index is its leaf, so that any due time
/// changes in one walk to the root of seven steps for 16,384 sequences. Among equal instants the lowest index is first.
struct DueTree: Sendable {
  /// Later than any due time.
  private static let never = Int64.max

  /// Nodes level by level, the root at 3, so that the four children of a node lie in one cache line.
  private var nodes = [Int64](repeating: DueTree.never, count: 8)
  /// The place of leaf 0.
  private var firstLeaf = 4

  private var leafCount: Int { nodes.count - firstLeaf }

  /// The earliest due time; nil when nothing is due.
  var earliest: Instant? {
    let due = nodes[3]
    return due == Self.never ? nil : Instant(nanoseconds: due)
  }

  /// The sequence with the earliest due time; one must be due.
  var first: Int {
    nodes.withUnsafeBufferPointer { nodes in
      let due = nodes[3]
      var place = 3
      while place < firstLeaf {
        // Counted rather than searched: which child it is cannot be predicted.
        let child = 4 * (place - 2)
        let past0 = nodes[child] == due ? 0 : 1
        let past1 = nodes[child + 1] == due ? 0 : past0
        let past2 = nodes[child + 2] == due ? 0 : past1
        place = child + past0 + past1 + past2
      }
      return place - firstLeaf
    }
  }

  /// The due time of the sequence at `index`; nil when it has none.
  func due(_ index: Int) -> Instant? {
    guard index < leafCount, nodes[firstLeaf + index] != Self.never else { return nil }
    return Instant(nanoseconds: nodes[firstLeaf + index])
  }

  /// Makes the sequence at `index` due at `instant`.
  mutating func set(_ index: Int, due instant: Instant) {
    while index >= leafCount { grow() }
    // The last instant of all means never.
    update(firstLeaf + index, min(instant.nanoseconds, Self.never - 1))
  }

  /// Takes the due time of the sequence at `index` away.
  mutating func clear(_ index: Int) {
    if index < leafCount { update(firstLeaf + index, Self.never) }
  }

  private mutating func update(_ leaf: Int, _ due: Int64) {
    nodes.withUnsafeMutableBufferPointer { nodes in
      nodes[leaf] = due
      var place = leaf
      while place > 3 {
        let group = place & ~3
        let minimum = min(min(nodes[group], nodes[group + 1]), min(nodes[group + 2], nodes[group + 3]))
        place = place / 4 + 2
        if nodes[place] == minimum { return }
        nodes[place] = minimum
      }
    }
  }

  private mutating func grow() {
    let leaves = nodes[firstLeaf...]
    let newFirstLeaf = 4 * (firstLeaf - 2)
    var larger = [Int64](repeating: Self.never, count: newFirstLeaf + 4 * leaves.count)
    larger.replaceSubrange(newFirstLeaf..<(newFirstLeaf + leaves.count), with: leaves)
    for place in stride(from: newFirstLeaf - 1, through: 3, by: -1) {
      larger[place] = larger[(4 * (place - 2))..<(4 * (place - 1))].min() ?? Self.never
    }
    nodes = larger
    firstLeaf = newFirstLeaf
  }
}
