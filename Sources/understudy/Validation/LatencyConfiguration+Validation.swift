import ModelServer
import Simulation

extension LatencyConfiguration {
  /// The longest delay; sums of a few of these are far from overflow.
  static let longest = Nanoseconds.seconds(24 * 3600)

  /// The strongest slowdown under load.
  static let greatestFactor = 1_000.0

  /// The texts are llm-d-inference-sim's, which are not quite regular.
  func validate(index: Int) throws(FlagError) {
    try span(timeToFirstToken, "time-to-first-token", "time to first token", index)
    try deviation(
      timeToFirstTokenStdDev, of: timeToFirstToken, "time-to-first-token-std-dev", "time to first token", index)
    try span(interTokenLatency, "inter-token-latency", "inter token latency", index)
    try deviation(
      interTokenLatencyStdDev, of: interTokenLatency, "inter-token-latency-std-dev", "inter token latency", index)
    try span(kvCacheTransferLatency, "kv-cache-transfer-latency", "kv-cache transfer time", index)
    try deviation(
      kvCacheTransferLatencyStdDev, of: kvCacheTransferLatency, "kv-cache-transfer-latency-std-dev",
      "kv-cache transfer", index)
    try span(prefillOverhead, "prefill-overhead", "prefill overhead", index)
    try span(prefillTimePerToken, "prefill-time-per-token", "prefill time per token", index)
    try span(prefillTimeStdDev, "prefill-time-std-dev", "prefill time standard deviation", index)
    try span(
      kvCacheTransferTimePerToken, "kv-cache-transfer-time-per-token", "kv-cache transfer time per token", index)
    try span(
      kvCacheTransferTimeStdDev, "kv-cache-transfer-time-std-dev", "kv-cache transfer time standard deviation", index)
    guard timeFactorUnderLoad >= 1 else {
      let reason = "time factor under load cannot be less than 1.0"
      throw FlagError("time-factor-under-load", reason, got: timeFactorUnderLoad, model: index)
    }
    guard timeFactorUnderLoad <= Self.greatestFactor else {
      let reason = "time factor under load cannot be more than \(Self.greatestFactor)"
      throw FlagError("time-factor-under-load", reason, got: timeFactorUnderLoad, model: index)
    }
  }

  private func span(_ value: Nanoseconds, _ flag: String, _ name: String, _ index: Int) throws(FlagError) {
    let text = DurationText.render(value)
    guard value >= .zero else { throw FlagError(flag, "\(name) cannot be negative", got: text, model: index) }
    guard value <= Self.longest else { throw FlagError(flag, "\(name) cannot exceed 24h", got: text, model: index) }
  }

  private func deviation(
    _ value: Nanoseconds, of mean: Nanoseconds, _ flag: String, _ name: String, _ index: Int
  ) throws(FlagError) {
    try span(value, flag, "\(name) standard deviation", index)
    // In integers, so that exactly 30 % passes whatever the magnitude.
    guard value.count * 10 <= mean.count * 3 else {
      let reason =
        "\(name) standard deviation cannot be more than 30% of \(name) (\(DurationText.render(mean)))"
      throw FlagError(flag, reason, got: DurationText.render(value), model: index)
    }
  }
}
