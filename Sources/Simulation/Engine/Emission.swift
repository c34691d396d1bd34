/// Why a sequence ended.
public enum FinishReason: Sendable, Equatable {
  /// End of sequence.
  case stop
  /// A stop string or stop token of the request matched.
  case stopMatched(StopMatch)
  /// The maximum, or the end of the context, was reached.
  case length
}

/// What ended a sequence early: reported to clients as `stop_reason`.
public enum StopMatch: Sendable, Equatable {
  case string(String)
  case token(UInt32)
}

/// Everything a request will produce, known when it is accepted.
public struct GeneratedOutput: Sendable {
  /// The tokens in order; their text is what clients see (already cut at a stop string).
  public var tokens: TokenSequence
  /// Why the output ends where it does.
  public var finishReason: FinishReason

  /// An output of at least one token.
  public init(tokens: TokenSequence, finishReason: FinishReason) {
    self.tokens = tokens
    self.finishReason = finishReason
  }
}

/// The answer to `Engine.submit`.
public enum Admission: Sendable {
  /// Accepted, running or waiting; `output` arrives in time through `Engine.advance`.
  case accepted(output: GeneratedOutput)
  /// The waiting queue holds `limit` requests.
  case queueFull(limit: Int)
  /// With it, waiting requests would have more than `limit` tokens to prefill.
  case backlogFull(limit: Int)
  /// The prompt alone needs more KV blocks than exist.
  case exceedsKVCache(promptTokens: Int, capacityTokens: Int)
}

/// Something that happened in an engine, reported in time order.
public enum Emission: Sendable, Equatable {
  /// The request left the queue and began its prefill.
  case scheduled(RequestID, at: Instant)
  /// Tokens `range` of the request's output, all due at the same instant.
  case tokens(RequestID, Range<Int>, at: Instant)
  /// The request lost its KV blocks and waits again; tokens already emitted stay valid.
  case preempted(RequestID, at: Instant)
  /// The last token has been emitted and the slot is free.
  case finished(RequestID, FinishReason, at: Instant)
}
