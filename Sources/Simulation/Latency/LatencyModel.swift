/// How long tokens take (llm-d-inference-sim, latency calculators `constant` and `per-token`).
///
/// The load factor is f = 1 + (T - 1)(R - 1)/(S - 1) with T = `timeFactorUnderLoad`, R = running sequences including the
/// one in question, S = `maxNumSeqs`; it is 1 when S is 1.
struct LatencyModel: Sendable {
  private enum Prefill {
    case constant(DelayDistribution)
    case perToken(overhead: Double, perToken: Double, stdDev: Nanoseconds)
  }

  private let prefill: Prefill
  private let decode: DelayDistribution
  private let slope: Double

  init(_ configuration: LatencyConfiguration, maxNumSeqs: Int) {
    prefill = Self.prefill(configuration)
    decode = DelayDistribution(
      mean: configuration.interTokenLatency, stdDev: configuration.interTokenLatencyStdDev)
    slope = maxNumSeqs > 1 ? max(0, configuration.timeFactorUnderLoad - 1) / Double(maxNumSeqs - 1) : 0
  }

  private static func prefill(_ configuration: LatencyConfiguration) -> Prefill {
    let constant = Prefill.constant(
      DelayDistribution(mean: configuration.timeToFirstToken, stdDev: configuration.timeToFirstTokenStdDev))
    let perToken = Prefill.perToken(
      overhead: Double(configuration.prefillOverhead.count),
      perToken: Double(configuration.prefillTimePerToken.count), stdDev: configuration.prefillTimeStdDev)
    switch configuration.calculator {
    case .constant: return constant
    case .perToken: return perToken
    case .automatic:
      let unset = configuration.timeToFirstToken == .zero && configuration.timeToFirstTokenStdDev == .zero
      return unset ? perToken : constant
    }
  }

  /// True when tokens after the first always come at once.
  var decodesAtOnce: Bool { decode.isZero }

  /// The delay from the start of a sequence with `promptTokens` to its first token.
  func firstToken(promptTokens: Int, running: Int, using generator: inout SplitMix64) -> Nanoseconds {
    let factor = loadFactor(running: running)
    switch prefill {
    case .constant(let delay):
      return delay.draw(factor: factor, using: &generator)
    case .perToken(let overhead, let perToken, let stdDev):
      let mean = overhead + Double(promptTokens) * perToken
      return DelayDistribution(mean: mean, stdDev: stdDev).draw(factor: factor, using: &generator)
    }
  }

  /// The delay from a token to the next.
  func interToken(running: Int, using generator: inout SplitMix64) -> Nanoseconds {
    decode.draw(factor: loadFactor(running: running), using: &generator)
  }

  private func loadFactor(running: Int) -> Double { 1 + slope * Double(running - 1) }
}
