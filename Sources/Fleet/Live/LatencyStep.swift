internal import Prometheus

/// What latency histograms have seen between two readings.
struct LatencyStep: Sendable {
  /// Observations.
  private(set) var count: UInt64 = 0
  /// Their sum in seconds.
  private(set) var seconds = 0.0
  private var buckets: [UInt64] = []
  private var bounds: HistogramBounds = []

  /// Adds what a histogram has seen since it was as `earlier`; both are of the same kind.
  mutating func add(from earlier: Histogram?, to later: Histogram) {
    if buckets.isEmpty {
      bounds = later.bounds
      buckets = Array(repeating: 0, count: later.buckets.count)
    }
    for (index, value) in later.buckets.enumerated() {
      let step = value &- (earlier?.buckets[index] ?? 0)
      buckets[index] &+= step
      count &+= step
    }
    seconds += later.sum - (earlier?.sum ?? 0)
  }

  /// The exact mean in milliseconds; nil without observations.
  var meanMilliseconds: Double? { count == 0 ? nil : max(0, seconds / Double(count)) * 1_000 }

  /// What a share of the observations, 0 to 1, was at most, in milliseconds: the bound of the bucket where that share is
  /// reached. nil without observations, and beyond the last bound.
  func boundMilliseconds(of share: Double) -> Double? {
    guard count > 0 else { return nil }
    var seen: UInt64 = 0
    for (bound, inside) in zip(bounds.values, buckets) {
      seen += inside
      if Double(seen) >= share * Double(count) { return bound * 1_000 }
    }
    return nil
  }
}
