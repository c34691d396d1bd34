internal import Synchronization

/// Chooses picks to explain, so that explaining takes a small share of the time however many picks there are: at most
/// 200 a second, and 20,000 candidates a second, after a pause as many at once.
///
/// A leaky bucket in one word: the time at which what was taken so far will have been paid for.
final class PickSampler: Sendable {
  /// One second in nanoseconds.
  static let second: Int64 = 1_000_000_000
  /// What a pick costs of a second.
  static let costOfPick: Int64 = second / 200
  /// What a candidate costs of a second.
  static let costOfCandidate: Int64 = second / 20_000

  private let paidAt = Atomic<Int64>(.min)

  /// Takes the pick at `now`, in nanoseconds, if that is within the limits; a pick of very many candidates once in a
  /// second.
  func takes(candidates: Int, at now: Int64) -> Bool {
    let paid = paidAt.load(ordering: .relaxed)
    let cost = min(max(Self.costOfPick, Int64(clamping: candidates) &* Self.costOfCandidate), Self.second)
    let after = max(paid, now) &+ cost
    guard after &- now <= Self.second else { return false }
    // When another thread was faster, it took its pick; this one is then left out.
    return paidAt.compareExchange(expected: paid, desired: after, ordering: .relaxed).exchanged
  }
}
