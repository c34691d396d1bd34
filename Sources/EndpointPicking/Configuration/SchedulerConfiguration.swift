/// What a scheduler does: an EndpointPickerConfig, decoded and checked (GIE v1.5; llm-d-router where it adds to it).
public struct SchedulerConfiguration: Sendable {
  /// A switch of `featureGates`.
  public enum FeatureGate: String, Sendable, CaseIterable {
    /// Requests queue in the picker.
    case flowControl
    /// Accept the flags that name metrics.
    case enableLegacyMetrics
    /// No effect.
    case dataLayer
  }

  /// Those that are set.
  public internal(set) var featureGates: Set<FeatureGate> = []
  /// When the pool counts as full.
  public internal(set) var saturation = SaturationSettings()
  /// How requests queue.
  public internal(set) var flowControl = FlowControlSettings()
  /// Types of the parsers of request bodies, in order; empty when none is named.
  public internal(set) var parsers: [String] = []
  /// Responses are to say which endpoint served them (`destination-endpoint-served-verifier`).
  public internal(set) var reportsServedEndpoint = false
  /// How the metrics of endpoints elsewhere are read; nil: not at all.
  public internal(set) var metrics: MetricsReading? = MetricsReading()
  /// The file that lists the endpoints (llm-d 0.9, `file-discovery`); nil when they come from elsewhere.
  public internal(set) var discoveryFile: String?
  /// The prefix index; nil when nothing needs one.
  public internal(set) var prefixCache: PrefixCacheSettings?
  /// What the prefix index is called, in metrics.
  public internal(set) var prefixPlugin = PluginIdentity("approx-prefix-cache-producer")
  /// What counts the load on its way to endpoints is called, in metrics.
  public internal(set) var inFlightPlugin = PluginIdentity("inflight-load-producer")
  /// What the profile handler is called.
  public internal(set) var handlerPlugin = PluginIdentity("single-profile-handler")

  /// Not empty.
  var profiles: [SchedulingProfile]
  var handler: any ProfileHandler
  var sessionAffinities: [SessionAffinity] = []
  /// Endpoints to remember cold requests of; nil when nothing needs them.
  var coldUseLimit: Int?

  /// What the profile handler is called when it gives stages of a request to endpoints of their own; nil for others.
  public var disaggregationPlugin: PluginIdentity? {
    handler is DisaggregationProfileHandler ? handlerPlugin : nil
  }

  /// The names of the profiles.
  public var profileNames: [String] { profiles.map(\.name) }

  /// What GIE v1.5 does without a configuration: queue 2, KV cache 2, prefix 3, and the highest total wins.
  public init() {
    profiles = [
      SchedulingProfile(
        name: "default",
        scorers: [
          .init(plugin: PluginIdentity("queue-scorer"), weight: 2, scorer: QueueScorer()),
          .init(plugin: PluginIdentity("kv-cache-utilization-scorer"), weight: 2, scorer: KVCacheUtilizationScorer()),
          .init(plugin: PluginIdentity("prefix-cache-scorer"), weight: 3, scorer: PrefixCacheScorer()),
        ])
    ]
    handler = SingleProfileHandler()
    prefixCache = PrefixCacheSettings()
  }
}
