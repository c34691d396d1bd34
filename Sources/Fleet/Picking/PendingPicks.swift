/// Requests that were admitted and have not been picked for yet: they are in no endpoint's load, and when many are let
/// through at once the first must count before the last is decided on.
///
/// Each pick takes the oldest away. A request whose client leaves in between is never picked for, and is forgotten after
/// `patience`.
struct PendingPicks: Sendable {
  /// 50 ms in nanoseconds: far longer than it takes from admission to the pick.
  static let patience: Int64 = 50_000_000

  private var entries: [(since: Int64, weight: Double)] = []
  private var head = 0

  /// What they weigh together.
  private(set) var weight = 0.0

  /// How many there are.
  var count: Int { entries.count - head }

  /// Counts a request until it is picked for.
  mutating func add(_ weight: Double, at now: Int64) {
    entries.append((now, weight))
    self.weight += weight
  }

  /// A request was picked for.
  mutating func removeOldest() {
    guard head < entries.count else { return }
    weight -= entries[head].weight
    head += 1
    if head == entries.count {
      entries.removeAll(keepingCapacity: true)
      head = 0
      weight = 0  // what rounding has left
    } else if head > 64, head > entries.count / 2 {
      entries.removeFirst(head)
      head = 0
    }
  }

  /// Forgets those that nobody picks for any more.
  mutating func removeExpired(at now: Int64) {
    while head < entries.count, now &- entries[head].since > Self.patience { removeOldest() }
  }
}
