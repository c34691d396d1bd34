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
  public var calculator = LatencyCalculator.automatic
  public var timeToFirstToken = Nanoseconds.zero
  public var timeToFirstTokenStdDev = Nanoseconds.zero
  public var interTokenLatency = Nanoseconds.zero
  public var interTokenLatencyStdDev = Nanoseconds.zero
  public var prefillOverhead = Nanoseconds.zero
  public var prefillTimePerToken = Nanoseconds.zero
  public var prefillTimeStdDev = Nanoseconds.zero
  public var kvCacheTransferLatency = Nanoseconds.zero
  public var kvCacheTransferLatencyStdDev = Nanoseconds.zero
  public var kvCacheTransferTimePerToken = Nanoseconds.zero
  public var kvCacheTransferTimeStdDev = Nanoseconds.zero
  /// 1 or more: the factor on delays when all of `maxNumSeqs` are running.
  public var timeFactorUnderLoad = 1.0

  public init() {}
}

/// The limits and behaviour of one engine.
public struct EngineConfiguration: Sendable, Equatable {
  /// Sequences that may run at once; at least 1.
  public var maxNumSeqs = 5
  /// Requests that may wait; 0 means none, nil means no limit.
  public var maxWaitingQueueLength: Int? = 1000
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
  public var mode = GenerationMode.random
  public var latency = LatencyConfiguration()
  /// Seeds every draw of the engine: equal seeds and equal request order give equal answers.
  public var seed: UInt64 = 0

  public init() {}

  /// The number of KV blocks in force (see `numKVBlocks`).
  public var effectiveKVBlocks: Int {
    numKVBlocks ?? max(1024, maxNumSeqs * ((maxModelLen + blockSize - 1) / blockSize))
  }
}
