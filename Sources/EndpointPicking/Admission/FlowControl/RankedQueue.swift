/// A priority queue from which any element can be taken: a binary heap that knows where its elements are.
struct RankedQueue<Element: Hashable & Sendable, Rank: Comparable & Sendable>: Sendable {
  private var heap: [(element: Element, rank: Rank)] = []
  private var positions: [Element: Int] = [:]

  var isEmpty: Bool { heap.isEmpty }
  var count: Int { heap.count }
  /// The element with the least rank.
  var first: Element? { heap.first?.element }
  /// The least rank.
  var firstRank: Rank? { heap.first?.rank }

  func contains(_ element: Element) -> Bool { positions[element] != nil }

  /// Adds `element`, or gives it another rank.
  mutating func set(_ element: Element, rank: Rank) {
    remove(element)
    heap.append((element, rank))
    positions[element] = heap.count - 1
    rise(from: heap.count - 1)
  }

  /// Takes out `element`; false when it is not there.
  @discardableResult mutating func remove(_ element: Element) -> Bool {
    guard let index = positions.removeValue(forKey: element) else { return false }
    let last = heap.removeLast()
    guard index < heap.count else { return true }
    heap[index] = last
    positions[last.element] = index
    rise(from: index)
    sink(from: index)
    return true
  }

  private mutating func rise(from start: Int) {
    var index = start
    while index > 0, heap[index].rank < heap[(index - 1) / 2].rank {
      swap(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func sink(from start: Int) {
    var index = start
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].rank < heap[least].rank {
        least = child
      }
      if least == index { return }
      swap(index, least)
      index = least
    }
  }

  private mutating func swap(_ a: Int, _ b: Int) {
    heap.swapAt(a, b)
    positions[heap[a].element] = a
    positions[heap[b].element] = b
  }
}

/// A time, or another number, with ties broken by the order of arrival.
struct ArrivalRank: Hashable, Comparable, Sendable {
  let value: Int64
  let sequence: UInt64

  static func < (a: ArrivalRank, b: ArrivalRank) -> Bool { (a.value, a.sequence) < (b.value, b.sequence) }
}
