/// The requests of one priority (GIE v1.5, `flowControl.priorityBands`).
public struct PriorityBandConfiguration: Hashable, Sendable {
  /// The most bytes of bodies that may wait; 0 for no limit.
  public var maxBytes: Int
  /// The most requests that may wait; 0 for no limit.
  public var maxRequests: Int
  /// How its flows take turns.
  public var fairness: FlowControlSettings.Fairness
  /// Which request of a flow goes first.
  public var ordering: FlowControlSettings.Ordering
  /// The saturation of the pool from which on its requests wait (`static-usage-limit-policy`, `threshold`).
  public var usageLimit: Double

  /// A band with GIE's defaults.
  public init(
    maxBytes: Int = 1_000_000_000, maxRequests: Int = 0, fairness: FlowControlSettings.Fairness = .globalStrict,
    ordering: FlowControlSettings.Ordering = .firstComeFirstServed, usageLimit: Double = 1
  ) {
    self.maxBytes = maxBytes
    self.maxRequests = maxRequests
    self.fairness = fairness
    self.ordering = ordering
    self.usageLimit = usageLimit
  }

  init(_ settings: FlowControlSettings.Band, usageLimit: Double) {
    self.init(
      maxBytes: settings.maxBytes, maxRequests: settings.maxRequests, fairness: settings.fairness,
      ordering: settings.ordering, usageLimit: usageLimit)
  }
}

/// What a flow controller goes by.
public struct FlowControlConfiguration: Hashable, Sendable {
  /// The most bytes of bodies that may wait in all bands; 0 for no limit.
  public var maxBytes = 0
  /// The most requests that may wait in all bands; 0 for no limit.
  public var maxRequests = 0
  /// How long a request waits that does not say it, in nanoseconds; nil for ever.
  public var defaultRequestTTL: Int64?
  /// Bands by priority.
  public var priorityBands: [Int: PriorityBandConfiguration] = [:]
  /// The band of every other priority.
  public var defaultPriorityBand = PriorityBandConfiguration()
  /// The band of every other priority below 0; nil when they have no other than the rest.
  public var defaultNegativePriorityBand: PriorityBandConfiguration?
  /// A flow without requests is forgotten after this many nanoseconds.
  public var idleFlowTimeout: Int64 = 300_000_000_000

  /// GIE's defaults.
  public init() {}

  /// As `settings` say. Their `noEndpointRequestTTL` is left to the caller, who knows whether there are endpoints.
  public init(_ settings: FlowControlSettings) {
    maxBytes = settings.maxBytes
    maxRequests = settings.maxRequests
    defaultRequestTTL = settings.requestTTL
    for band in settings.bands {
      guard let priority = band.priority else { continue }
      priorityBands[priority] = PriorityBandConfiguration(band, usageLimit: settings.usageLimit)
    }
    defaultPriorityBand = PriorityBandConfiguration(settings.defaultBand, usageLimit: settings.usageLimit)
    defaultNegativePriorityBand = settings.defaultNegativeBand.map {
      PriorityBandConfiguration($0, usageLimit: settings.usageLimit)
    }
  }

  /// The band of `priority`.
  public func band(_ priority: Int) -> PriorityBandConfiguration {
    priorityBands[priority] ?? (priority < 0 ? defaultNegativePriorityBand : nil) ?? defaultPriorityBand
  }
}
