/// When a pool counts as full (GIE v1.5, saturation detectors).
public struct SaturationSettings: Sendable, Equatable {
  /// The limits of `utilization-detector`.
  public struct Utilization: Sendable, Equatable {
    /// Waiting requests that fill an endpoint: 5.
    public var queueDepth = 5.0
    /// Used share of the KV cache that fills an endpoint: 0.8.
    public var kvUsage = 0.8
    /// Metrics older than so many nanoseconds count as full: 200 ms.
    public var staleness: Int64 = 200_000_000
    /// How far an endpoint may go over the limits before it is filtered out, as a share of them: 0.
    public var headroom = 0.0

    /// GIE's defaults.
    public init() {}
  }

  /// The limits of `concurrency-detector`.
  public struct Concurrency: Sendable, Equatable {
    /// Count tokens in flight, not requests.
    public var countsTokens = false
    /// Requests in flight that fill an endpoint: 100.
    public var maxRequests = 100
    /// Tokens in flight that fill an endpoint: 1,000,000.
    public var maxTokens = 1_000_000
    /// As for utilization: 0.
    public var headroom = 0.0

    /// GIE's defaults.
    public init() {}

    /// The limit that counts.
    public var limit: Int { countsTokens ? maxTokens : maxRequests }
  }

  /// What is measured.
  public enum Detector: Sendable, Equatable {
    /// Queues and KV caches.
    case utilization(Utilization)
    /// What is in flight.
    case concurrency(Concurrency)
  }

  /// The plugin's name.
  public var name = "utilization-detector"
  /// What it measures, and its limits.
  public var detector = Detector.utilization(Utilization())

  /// GIE's default.
  public init() {}

  /// A detector of that name.
  public init(name: String, detector: Detector) {
    self.name = name
    self.detector = detector
  }
}

extension SaturationSettings.Detector {
  static func utilization(_ parameters: FieldReader) throws(ConfigurationError) -> Self {
    try parameters.allow(["queueDepthThreshold", "kvCacheUtilThreshold", "metricsStalenessThreshold", "headroom"])
    var limits = SaturationSettings.Utilization()
    let any = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
    limits.queueDepth = try parameters.number("queueDepthThreshold", in: any) ?? limits.queueDepth
    limits.kvUsage =
      try parameters.number("kvCacheUtilThreshold", in: Double.leastNonzeroMagnitude...1) ?? limits.kvUsage
    limits.staleness = try parameters.duration("metricsStalenessThreshold") ?? limits.staleness
    limits.headroom = try parameters.number("headroom", in: 0...Double.greatestFiniteMagnitude) ?? 0
    return .utilization(limits)
  }

  static func concurrency(_ parameters: FieldReader) throws(ConfigurationError) -> Self {
    try parameters.allow(["concurrencyMode", "maxConcurrency", "maxTokenConcurrency", "headroom"])
    var limits = SaturationSettings.Concurrency()
    switch try parameters.string("concurrencyMode") ?? "requests" {
    case "requests": limits.countsTokens = false
    case "tokens": limits.countsTokens = true
    default: throw parameters.error("concurrencyMode", "is neither 'requests' nor 'tokens'")
    }
    limits.maxRequests = try parameters.int("maxConcurrency", in: 1...Int.max) ?? limits.maxRequests
    limits.maxTokens = try parameters.int("maxTokenConcurrency", in: 1...Int.max) ?? limits.maxTokens
    limits.headroom = try parameters.number("headroom", in: 0...Double.greatestFiniteMagnitude) ?? 0
    return .concurrency(limits)
  }
}
