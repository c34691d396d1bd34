/// The load of an endpoint as scraped or read from its engine (GIE v1.5, data layer).
public struct EndpointMetrics: Sendable, Equatable {
  /// Requests that wait.
  public var waiting = 0
  /// Requests that run.
  public var running = 0
  /// Used share of the KV cache, 0 to 1.
  public var kvUsage = 0.0
  /// Adapters of running requests.
  public var activeAdapters: Set<String> = []
  /// Adapters of waiting requests.
  public var waitingAdapters: Set<String> = []
  /// Adapters that may be loaded at once; 0 when unknown.
  public var maxAdapters = 0
  /// Tokens per KV block; 0 when unknown.
  public var blockSize = 0
  /// KV blocks; 0 when unknown.
  public var blocks = 0
  /// When this was read, in nanoseconds on the caller's clock; nil when it never was.
  public var updatedAt: Int64?

  /// Nothing known.
  public init() {}
}
