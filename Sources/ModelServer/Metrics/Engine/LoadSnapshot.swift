/// The gauges of one engine at the moment of a scrape.
public struct LoadSnapshot: Sendable, Equatable {
  /// In the running batch.
  public var running = 0
  /// All that wait, whatever for.
  public var waiting = 0
  /// Those of `waiting` that something other than capacity holds back, such as a LoRA slot.
  public var deferred = 0
  /// Used KV blocks as a share, 0 to 1.
  public var kvCacheUsage = 0.0
  /// Adapters of running requests, each once, in any order.
  public var runningAdapters: [String] = []
  /// Adapters of waiting requests, each once, in any order.
  public var waitingAdapters: [String] = []
  /// Whether the engine sleeps, and how deeply.
  public var sleep = SleepState.awake

  /// An idle engine.
  public init() {}
}

/// vLLM's sleep modes, the label `sleep_state` of `vllm:engine_sleep_state`.
public enum SleepState: String, Sendable, CaseIterable {
  case awake
  /// Level 1.
  case weightsOffloaded = "weights_offloaded"
  /// Level 2.
  case discardAll = "discard_all"
}
