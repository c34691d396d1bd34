internal import JSON

/// The times of one answer: `metrics` of a whole reply (vLLM 0.33, `--enable-per-request-metrics`).
public struct RequestMetrics: Equatable, Sendable {
  /// From arrival to the first token, in seconds.
  public var timeToFirstToken: Double
  /// From the start of the prefill to the last token, in seconds.
  public var generationTime: Double
  /// From arrival to the start of the prefill, in seconds.
  public var queueTime: Double
  /// Between tokens, in seconds; nil with a single token.
  public var meanInterTokenLatency: Double?
  /// Over the generation time; nil when that is zero.
  public var tokensPerSecond: Double?

  /// The times of an answer.
  public init(
    timeToFirstToken: Double, generationTime: Double, queueTime: Double, meanInterTokenLatency: Double?,
    tokensPerSecond: Double?
  ) {
    self.timeToFirstToken = timeToFirstToken
    self.generationTime = generationTime
    self.queueTime = queueTime
    self.meanInterTokenLatency = meanInterTokenLatency
    self.tokensPerSecond = tokensPerSecond
  }

  /// Appends the object; times in milliseconds.
  func encode(into buffer: inout [UInt8]) {
    buffer.appendRaw(#"{"time_to_first_token_ms":"#)
    buffer.appendJSON(timeToFirstToken * 1000)
    buffer.appendRaw(#","generation_time_ms":"#)
    buffer.appendJSON(generationTime * 1000)
    buffer.appendRaw(#","queue_time_ms":"#)
    buffer.appendJSON(queueTime * 1000)
    buffer.appendRaw(#","mean_itl_ms":"#)
    buffer.appendOptional(meanInterTokenLatency.map { $0 * 1000 })
    buffer.appendRaw(#","tokens_per_second":"#)
    buffer.appendOptional(tokensPerSecond)
    buffer.appendRaw(#","speculative_decoding":null}"#)
  }
}

extension [UInt8] {
  fileprivate mutating func appendOptional(_ value: Double?) {
    if let value { appendJSON(value) } else { appendRaw("null") }
  }
}
