/// One entry of `plugins`: its name and the parts that it can play.
struct Plugin: Sendable {
  /// What a profile handler was asked for; profiles are known only later.
  enum Handler: Sendable {
    case single
    case dataParallel(primaryPort: Int)
    case header(name: String, defaultProfile: String)
    case disaggregation(DisaggregationSettings)
  }

  var name: String
  var type: String
  var filter: (any Filter)?
  var scorer: (any Scorer)?
  var picker: (any Picker)?
  var handler: Handler?
  var decider: (any DisaggregationDecider)?
  /// An approximate prefix index is wanted, with these settings if any are given.
  var needsPrefixes = false
  var prefixSettings: PrefixCacheSettings?
  var detector: SaturationSettings.Detector?
  var fairness: FlowControlSettings.Fairness?
  var ordering: FlowControlSettings.Ordering?
  var usageLimit: Double?
  var sessionAffinity: SessionAffinity?
  /// How many endpoints a cold-request memory holds.
  var coldUseLimit: Int?
  var isParser = false
  /// It can stand among the sources of `dataLayer`.
  var isSource = false
  /// How metrics are read, when it is a source of them or reads them.
  var metrics: MetricsReading?
  var isExtractor = false
  /// Where the endpoints are listed.
  var discoveryFile: String?

  init(name: String, type: String) {
    self.name = name
    self.type = type
  }

  /// What it is called.
  var identity: PluginIdentity { PluginIdentity(name: name, type: type) }

  /// Whether it may stand in a scheduling profile.
  var fitsProfile: Bool { filter != nil || scorer != nil || picker != nil }
}

extension [Plugin] {
  /// The plugin of that name.
  func named(_ name: String) -> Plugin? { first { $0.name == name } }
}
