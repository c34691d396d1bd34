/// A delay around a mean: normal, clamped to 0.3 to 1.7 times the mean (llm-d-inference-sim, latency calculators).
///
/// Where the simulator counts whole milliseconds, everything here is in nanoseconds.
struct DelayDistribution: Sendable {
  /// Nanoseconds, never negative.
  let mean: Double
  /// Nanoseconds, never negative.
  let stdDev: Double

  init(mean: Double, stdDev: Nanoseconds) {
    self.mean = max(0, mean)
    self.stdDev = Double(max(0, stdDev.count))
  }

  init(mean: Nanoseconds, stdDev: Nanoseconds) { self.init(mean: Double(mean.count), stdDev: stdDev) }

  /// True when every delay is zero.
  var isZero: Bool { mean == 0 }

  /// A delay with the mean scaled by `factor`; the deviation is not scaled.
  func draw(factor: Double, using generator: inout SplitMix64) -> Nanoseconds {
    let scaled = mean * factor
    guard stdDev > 0, scaled > 0 else { return Self.whole(scaled) }
    return Self.whole(min(max(scaled + stdDev * generator.normal(), 0.3 * scaled), 1.7 * scaled))
  }

  /// The nearest whole number of nanoseconds; a century at most, so that sums stay far from overflow.
  private static func whole(_ value: Double) -> Nanoseconds {
    let longest = 3.2e18
    return Nanoseconds(value < longest ? Int64(value + 0.5) : Int64(longest))
  }
}
