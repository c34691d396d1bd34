/// How text is made.
public enum GenerationMode: String, Sendable, CaseIterable {
  /// Sentences from a fixed pool, lengths drawn as llm-d-inference-sim draws them.
  case random
  /// The prompt comes back; never truncated by a maximum.
  case echo
}

/// Which delays a request gets (llm-d-inference-sim, `latency-calculator`).
public enum LatencyCalculator: String, Sendable, CaseIterable {
  /// Constant when a time to first token or its deviation is set, else per token.
  case automatic = ""
  case constant
  case perToken = "per-token"
}

/// The delays of one engine; means and standard deviations.
public struct LatencyConfiguration: Sendable, Equatable {
  /// Which of the delays below apply.
  public var calculator = LatencyCalculator.automatic
  /// Constant calculator: the mean from a sequence's start to its first token.
  public var timeToFirstToken = Nanoseconds.zero
  /// Not scaled by load.
  public var timeToFirstTokenStdDev = Nanoseconds.zero
  /// The mean from a token to the next.
  public var interTokenLatency = Nanoseconds.zero
  /// Not scaled by load.
  public var interTokenLatencyStdDev = Nanoseconds.zero
  /// Per-token calculator: the part of the time to first token that does not depend on the prompt.
  public var prefillOverhead = Nanoseconds.zero
  /// Per-token calculator: the part for each prompt token.
  public var prefillTimePerToken = Nanoseconds.zero
  /// Per-token calculator: the deviation of the whole.
  public var prefillTimeStdDev = Nanoseconds.zero
  /// Constant calculator, for prompts computed elsewhere: the mean time to first token.
  public var kvCacheTransferLatency = Nanoseconds.zero
  /// Not scaled by load.
  public var kvCacheTransferLatencyStdDev = Nanoseconds.zero
  /// Per-token calculator, for prompts computed elsewhere: the mean for each prompt token.
  public var kvCacheTransferTimePerToken = Nanoseconds.zero
  /// Not scaled by load.
  public var kvCacheTransferTimeStdDev = Nanoseconds.zero
  /// 1 or more: the factor on delays when all of `maxNumSeqs` are running.
  public var timeFactorUnderLoad = 1.0

  /// No delays at all.
  public init() {}
}

/// The limits and behaviour of one engine.
public struct EngineConfiguration: Sendable, Equatable {
  /// Sequences that may run at once; at least 1.
  public var maxNumSeqs = 5
  /// Requests that may wait; 0 means none, nil means no limit.
  public var maxWaitingQueueLength: Int? = 1000
  /// Tokens to prefill that waiting requests may add up to; nil means no limit (vLLM 0.33, `--max-num-queued-tokens`).
  public var maxQueuedTokens: Int?
  /// Prompt and output together; at least 1.
  public var maxModelLen = 1024
  /// Adapters loaded at once; at least 1.
  public var maxLoras = 1
  /// Adapters kept in host memory; at least `maxLoras`, nil means equal to it.
  public var maxCPULoras: Int?
  /// Tokens per KV block.
  public var blockSize = 16
  /// KV blocks; nil means as many as the limits above can ever use, but at least 1024.
  public var numKVBlocks: Int?
  /// What answers say.
  public var mode = GenerationMode.random
  /// How long they take.
  public var latency = LatencyConfiguration()
  /// Seeds every draw of the engine: equal seeds and equal request order give equal answers.
  public var seed: UInt64 = 0

  /// llm-d-inference-sim's defaults.
  public init() {}

  /// The number of KV blocks in force (see `numKVBlocks`).
  public var effectiveKVBlocks: Int {
    numKVBlocks ?? max(1024, maxNumSeqs * ((maxModelLen + blockSize - 1) / blockSize))
  }
}
