/// How requests queue in the picker until the pool has room (GIE v1.5, flow control).
public struct FlowControlSettings: Sendable, Equatable {
  /// Who goes next among the flows of a band.
  public enum Fairness: String, Sendable, Equatable {
    /// The flow whose head is first by the band's ordering.
    case globalStrict = "global-strict-fairness-policy"
    /// In turn.
    case roundRobin = "round-robin-fairness-policy"
  }

  /// Who goes next inside a flow.
  public enum Ordering: String, Sendable, Equatable {
    /// First come.
    case firstComeFirstServed = "fcfs-ordering-policy"
    /// The earliest deadline: arrival + time to live.
    case earliestDeadlineFirst = "edf-ordering-policy"
    /// The earliest arrival + wanted time to first token.
    case objectiveDeadline = "slo-deadline-ordering-policy"
  }

  /// The queue of one priority.
  public struct Band: Sendable, Equatable {
    /// The priority; nil for the template of bands that aren't listed.
    public var priority: Int?
    /// Bytes that may wait: 1e9; 0 is no limit.
    public var maxBytes = 1_000_000_000
    /// Requests that may wait; 0 is no limit.
    public var maxRequests = 0
    /// Between flows.
    public var fairness = Fairness.globalStrict
    /// Inside a flow.
    public var ordering = Ordering.firstComeFirstServed

    /// GIE's template.
    public init() {}
  }

  /// Whether the feature gate `flowControl` is set; the rest has no effect without it.
  public var isEnabled = false
  /// Bytes that may wait in all; 0 is no limit.
  public var maxBytes = 0
  /// Requests that may wait in all; 0 is no limit.
  public var maxRequests = 0
  /// Nanoseconds that a request may wait; nil for as long as the client does.
  public var requestTTL: Int64?
  /// Nanoseconds that a request may wait while there are no endpoints; nil for `requestTTL`.
  public var noEndpointRequestTTL: Int64?
  /// Bands with settings of their own.
  public var bands: [Band] = []
  /// The template of other bands.
  public var defaultBand = Band()
  /// The template of other bands of negative priority; nil for `defaultBand`.
  public var defaultNegativeBand: Band?
  /// Saturation at which dispatch stops: 1.
  public var usageLimit = 1.0

  /// GIE's defaults.
  public init() {}
}

extension FlowControlSettings {
  /// Reads the section `flowControl`; policies are looked up among `plugins`, and by type when no plugin has the name.
  init(_ fields: FieldReader?, isEnabled: Bool, plugins: [Plugin]) throws(ConfigurationError) {
    self.isEnabled = isEnabled
    guard let fields else { return }
    try fields.allow([
      "maxBytes", "maxRequests", "defaultRequestTTL", "noEndpointRequestTTL", "priorityBands", "defaultPriorityBand",
      "defaultNegativePriorityBand", "usageLimitPolicyPluginRef", "saturationDetector", "enableEviction",
    ])
    if try fields.bool("enableEviction") ?? false { throw fields.error("enableEviction", "is not available") }
    maxBytes = try fields.quantity("maxBytes") ?? 0
    maxRequests = try fields.quantity("maxRequests") ?? 0
    requestTTL = try fields.duration("defaultRequestTTL")
    noEndpointRequestTTL = try fields.duration("noEndpointRequestTTL")
    if let band = try fields.object("defaultPriorityBand") {
      defaultBand = try Self.band(band, template: Band(), isTemplate: true, plugins)
    }
    if let band = try fields.object("defaultNegativePriorityBand") {
      defaultNegativeBand = try Self.band(band, template: defaultBand, isTemplate: true, plugins)
    }
    for element in try fields.elements("priorityBands") ?? [] {
      let band = try FieldReader(element.node, path: element.path)
      let settings = try Self.band(band, template: defaultBand, isTemplate: false, plugins)
      guard !bands.contains(where: { $0.priority == settings.priority }) else {
        throw band.error("priority", "is there twice")
      }
      bands.append(settings)
    }
    if let name = try fields.string("usageLimitPolicyPluginRef") {
      guard let plugin = plugins.named(name) else { throw fields.error("usageLimitPolicyPluginRef", "is not defined") }
      guard let limit = plugin.usageLimit else {
        throw fields.error("usageLimitPolicyPluginRef", "is not a usage limit policy but a \(plugin.type)")
      }
      usageLimit = limit
    }
  }

  private static func band(
    _ fields: FieldReader, template: Band, isTemplate: Bool, _ plugins: [Plugin]
  ) throws(ConfigurationError) -> Band {
    let common = ["maxBytes", "maxRequests", "fairnessPolicyRef", "orderingPolicyRef"]
    try fields.allow(isTemplate ? common : common + ["priority"])
    var band = template
    if !isTemplate {
      guard let priority = try fields.int("priority", in: Int.min...Int.max) else {
        throw fields.error("priority", "is required")
      }
      band.priority = priority
    }
    band.maxBytes = try fields.quantity("maxBytes") ?? band.maxBytes
    band.maxRequests = try fields.quantity("maxRequests") ?? band.maxRequests
    if let name = try fields.string("fairnessPolicyRef") {
      guard let policy = plugins.named(name)?.fairness ?? (plugins.named(name) == nil ? Fairness(rawValue: name) : nil)
      else { throw fields.error("fairnessPolicyRef", "is not a fairness policy") }
      band.fairness = policy
    }
    if let name = try fields.string("orderingPolicyRef") {
      guard let policy = plugins.named(name)?.ordering ?? (plugins.named(name) == nil ? Ordering(rawValue: name) : nil)
      else { throw fields.error("orderingPolicyRef", "is not an ordering policy") }
      band.ordering = policy
    }
    return band
  }
}
