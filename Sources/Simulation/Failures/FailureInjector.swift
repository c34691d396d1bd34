/// Decides which requests fail and how (llm-d-inference-sim, `failure-injection-rate` and `failure-types`).
///
/// Equal seeds give equal decisions in the order of the calls. A rate of zero draws nothing.
public struct FailureInjector<Failure: Sendable>: Sendable {
  /// The share of calls that fail, in percent, 0 to 100.
  public private(set) var ratePercent: Int
  /// The ways to fail, all equally likely; none means that nothing fails.
  public let failures: [Failure]
  private var generator: SplitMix64

  /// Rates outside 0 to 100 count as the nearest of the two.
  public init(ratePercent: Int, failures: [Failure], seed: UInt64) {
    self.ratePercent = Self.clamped(ratePercent)
    self.failures = failures
    generator = SplitMix64(seed: seed, index: 0, stream: DrawStream.failures)
  }

  /// Lets `percent` of the calls from now on fail; the draws go on where they are.
  public mutating func setRate(percent: Int) { ratePercent = Self.clamped(percent) }

  private static func clamped(_ percent: Int) -> Int { min(max(percent, 0), 100) }

  /// The failure for the next request; nil when it shall succeed.
  public mutating func next() -> Failure? {
    guard ratePercent > 0, !failures.isEmpty else { return nil }
    guard generator.integer(in: 0...99) < ratePercent else { return nil }
    return failures[generator.integer(in: 0...(failures.count - 1))]
  }
}
