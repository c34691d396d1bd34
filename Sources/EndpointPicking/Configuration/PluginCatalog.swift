/// Makes plugins from their type and parameters (GIE v1.5 and llm-d-router, plugin registry).
enum PluginCatalog {
  /// Reads one entry of `plugins`.
  static func plugin(_ entry: FieldReader) throws(ConfigurationError) -> Plugin {
    try entry.allow(["name", "type", "parameters"])
    let type = try entry.required("type")
    var plugin = Plugin(name: try entry.string("name") ?? type, type: type)
    if plugin.name.isEmpty { plugin.name = type }
    if let needed = unavailable[type] {
      throw entry.error("type", "needs \(needed), which is not available")
    }
    let parameters = try FieldReader(entry.node("parameters"), path: entry.path(of: "parameters"))
    if try fillScorer(&plugin, parameters) { return plugin }
    if try fillFilter(&plugin, parameters) { return plugin }
    if try fillPicker(&plugin, parameters) { return plugin }
    if try fillHandler(&plugin, parameters) { return plugin }
    if try fillFlowControl(&plugin, parameters) { return plugin }
    if try fillData(&plugin, parameters) { return plugin }
    throw entry.error("type", "is an unknown plugin type")
  }

  private static func fillScorer(_ plugin: inout Plugin, _ parameters: FieldReader) throws(ConfigurationError) -> Bool {
    switch plugin.type {
    case "queue-scorer":
      try parameters.allow()
      plugin.scorer = QueueScorer()
    case "running-requests-size-scorer":
      try parameters.allow()
      plugin.scorer = RunningRequestsScorer()
    case "kv-cache-utilization-scorer":
      try parameters.allow()
      plugin.scorer = KVCacheUtilizationScorer()
    case "lora-affinity-scorer":
      try parameters.allow()
      plugin.scorer = LoRAAffinityScorer()
    case "prefix-cache-scorer":
      plugin.scorer = PrefixCacheScorer()
      plugin.needsPrefixes = true
      plugin.prefixSettings = try prefixSettingsOfScorer(parameters)
    case "token-load-scorer": plugin.scorer = try TokenLoadScorer(parameters)
    case "load-aware-scorer": plugin.scorer = try LoadAwareScorer(parameters)
    case "active-request-scorer": plugin.scorer = try ActiveRequestScorer(parameters)
    case "session-affinity-scorer":
      let affinity = try SessionAffinity(parameters)
      plugin.sessionAffinity = affinity
      plugin.scorer = SessionAffinityScorer(affinity: affinity)
    case "no-hit-lru-scorer":
      let scorer = try NoHitLRUScorer(parameters)
      plugin.scorer = scorer
      plugin.coldUseLimit = scorer.limit
      plugin.needsPrefixes = true
    case "context-length-aware":
      let both = try ContextLengthAware(parameters)
      plugin.scorer = both
      if both.filters { plugin.filter = both }
    case "header-label-affinity-scorer": plugin.scorer = try HeaderLabelAffinityScorer(parameters)
    default: return false
    }
    return true
  }

  /// Releases before the producer was split off put its settings on the scorer.
  private static func prefixSettingsOfScorer(
    _ parameters: FieldReader
  ) throws(ConfigurationError) -> PrefixCacheSettings? {
    try parameters.allow(PrefixCacheSettings.parameterNames + ["prefixMatchInfoProducerName"])
    _ = try parameters.string("prefixMatchInfoProducerName")
    let settings = parameters.fields.filter { $0.key != "prefixMatchInfoProducerName" }
    if settings.isEmpty { return nil }
    return try PrefixCacheSettings(FieldReader(ConfigurationNode(.object(settings)), path: parameters.path))
  }

  private static func fillFilter(_ plugin: inout Plugin, _ parameters: FieldReader) throws(ConfigurationError) -> Bool {
    switch plugin.type {
    case "encode-filter", "prefill-filter", "decode-filter":
      try parameters.allow()
      let filters = ["encode-filter": StageFilter.encode, "prefill-filter": .prefill]
      plugin.filter = filters[plugin.type] ?? .decode
    case "by-label": plugin.filter = try LabelFilter(parameters)
    case "label-selector-filter", "by-label-selector": plugin.filter = try LabelSelectorFilter(parameters)
    case "header-based-testing-filter":
      try parameters.allow()
      plugin.filter = HeaderTestingFilter()
    case "utilization-filter": plugin.filter = try UtilizationFilter(parameters)
    case "session-affinity-filter":
      let affinity = try SessionAffinity(parameters)
      plugin.sessionAffinity = affinity
      plugin.filter = SessionAffinityFilter(affinity: affinity)
    case "prefix-cache-affinity-filter":
      plugin.filter = try PrefixCacheAffinityFilter(parameters)
      plugin.needsPrefixes = true
    case "utilization-detector", "concurrency-detector":
      let detector: SaturationSettings.Detector =
        plugin.type == "utilization-detector" ? try .utilization(parameters) : try .concurrency(parameters)
      plugin.detector = detector
      plugin.filter = SaturationFilter(detector: detector)
    default: return false
    }
    return true
  }

  private static func fillPicker(_ plugin: inout Plugin, _ parameters: FieldReader) throws(ConfigurationError) -> Bool {
    guard ["max-score-picker", "random-picker", "weighted-random-picker"].contains(plugin.type) else { return false }
    try parameters.allow(["maxNumOfEndpoints"])
    let count = try parameters.int("maxNumOfEndpoints", in: 1...1_000_000) ?? 1
    switch plugin.type {
    case "max-score-picker": plugin.picker = MaxScorePicker(count: count)
    case "random-picker": plugin.picker = RandomPicker(count: count)
    default: plugin.picker = WeightedRandomPicker(count: count)
    }
    return true
  }

  private static func fillHandler(
    _ plugin: inout Plugin, _ parameters: FieldReader
  ) throws(ConfigurationError) -> Bool {
    switch plugin.type {
    case "single-profile-handler":
      try parameters.allow()
      plugin.handler = .single
    case "data-parallel-profile-handler":
      try parameters.allow(["primaryPort"])
      plugin.handler = .dataParallel(primaryPort: try parameters.port("primaryPort") ?? 8_000)
    case "header-profile-handler":
      try parameters.allow(["headerName", "defaultProfile"])
      plugin.handler = .header(
        name: (try parameters.string("headerName") ?? "EPP-Profile").lowercased(),
        defaultProfile: try parameters.string("defaultProfile") ?? "decode")
    case "disagg-profile-handler": plugin.handler = .disaggregation(try DisaggregationSettings(parameters))
    case "pd-profile-handler": plugin.handler = .disaggregation(try DisaggregationSettings(prefillDecode: parameters))
    case "prefix-based-pd-decider":
      plugin.decider = try PrefixBasedDecider(parameters)
      plugin.needsPrefixes = true
    case "always-disagg-pd-decider":
      try parameters.allow()
      plugin.decider = AlwaysDecider()
    case "always-disagg-multimodal-decider":
      try parameters.allow()
      plugin.decider = MultimodalDecider()
    default: return false
    }
    return true
  }

  private static func fillFlowControl(
    _ plugin: inout Plugin, _ parameters: FieldReader
  ) throws(ConfigurationError) -> Bool {
    plugin.fairness = FlowControlSettings.Fairness(rawValue: plugin.type)
    plugin.ordering = FlowControlSettings.Ordering(rawValue: plugin.type)
    if plugin.fairness != nil || plugin.ordering != nil {
      try parameters.allow()
      return true
    }
    guard plugin.type == "static-usage-limit-policy" else { return false }
    try parameters.allow(["threshold"])
    plugin.usageLimit = try parameters.number("threshold", in: 0...Double.greatestFiniteMagnitude) ?? 1
    return true
  }

  private static func fillData(_ plugin: inout Plugin, _ parameters: FieldReader) throws(ConfigurationError) -> Bool {
    switch plugin.type {
    case "approx-prefix-cache-producer":
      plugin.needsPrefixes = true
      plugin.prefixSettings = try PrefixCacheSettings(parameters)
    case "inflight-load-producer": try parameters.allow()
    case "openai-parser", "passthrough-parser", "vllmgrpc-parser", "anthropic-parser", "vllmhttp-parser":
      try parameters.allow()
      plugin.isParser = true
    case "metrics-data-source":
      plugin.isSource = true
      var reading = MetricsReading()
      try reading.fillSource(parameters)
      plugin.metrics = reading
    case "k8s-notification-source", "endpoint-notification-source": plugin.isSource = true
    case "core-metrics-extractor":
      plugin.isExtractor = true
      var reading = MetricsReading()
      try reading.fillExtractor(parameters)
      plugin.metrics = reading
    case "file-discovery":
      try parameters.allow(["path", "watchFile"])
      plugin.discoveryFile = try parameters.required("path")
      _ = try parameters.bool("watchFile")
    case "destination-endpoint-served-verifier": try parameters.allow()
    default: return false
    }
    return true
  }

  /// Types that are known upstream, and what they depend on.
  private static let unavailable: [String: String] = [
    "latency-scorer": "a latency predictor", "predicted-latency-scorer": "a latency predictor",
    "predicted-latency-producer": "a latency predictor", "latency-slo-admitter": "a latency predictor",
    "slo-headroom-tier-filter": "a latency predictor", "precise-prefix-cache-scorer": "an index of KV events",
    "precise-prefix-cache-producer": "an index of KV events", "token-producer": "a tokenizer service",
    "tokenizer": "a tokenizer service", "mm-embeddings-cache-scorer": "an encoder cache index",
    "topology-affinity-scorer": "node topology", "topology-affinity-filter": "node topology",
    "topology-extractor": "node topology", "endpoint-attribute-scorer": "endpoint attributes",
    "endpoint-attribute-filter": "endpoint attributes", "dcgm-data-source": "a GPU exporter",
    "dcgm-extractor": "a GPU exporter", "program-aware-fairness": "a program tracker",
  ]
}
