extension SchedulerConfiguration {
  /// The accepted API groups: GIE's and llm-d's.
  public static let apiVersions = ["inference.networking.x-k8s.io/v1alpha1", "llm-d.ai/v1alpha1"]

  /// Decodes an EndpointPickerConfig strictly and fills in what it leaves out.
  public init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    let root = try FieldReader(node, path: "")
    try root.allow([
      "apiVersion", "kind", "metadata", "featureGates", "plugins", "schedulingProfiles", "saturationDetector",
      "dataLayer", "flowControl", "parser", "requestHandler",
    ])
    guard Self.apiVersions.contains(try root.required("apiVersion")) else {
      throw root.error("apiVersion", "is neither \(Self.apiVersions[0]) nor \(Self.apiVersions[1])")
    }
    guard try root.required("kind") == "EndpointPickerConfig" else {
      throw root.error("kind", "is not EndpointPickerConfig")
    }
    featureGates = try Self.featureGates(root)
    let plugins = try Self.plugins(root)
    profiles = try Self.profiles(root, plugins)
    handler = try Self.handler(root, plugins, profiles.map(\.name))
    prefixCache = try Self.prefixCache(root, plugins)
    name(plugins)
    sessionAffinities = plugins.compactMap(\.sessionAffinity).reduce(into: []) { unique, affinity in
      if !unique.contains(affinity) { unique.append(affinity) }
    }
    coldUseLimit = plugins.compactMap(\.coldUseLimit).max()
    saturation = try Self.saturation(root, plugins)
    flowControl = try FlowControlSettings(
      root.object("flowControl"), isEnabled: featureGates.contains(.flowControl), plugins: plugins)
    metrics = try Self.metrics(root, plugins)
    discoveryFile = try Self.discoveryFile(root, plugins)
    parsers = try Self.parsers(root, plugins)
    reportsServedEndpoint = plugins.contains { $0.type == "destination-endpoint-served-verifier" }
  }

  /// What is called by the name of a plugin that may be missing.
  private mutating func name(_ plugins: [Plugin]) {
    handlerPlugin = plugins.first { $0.handler != nil }?.identity ?? handlerPlugin
    prefixPlugin = plugins.first { $0.type == prefixPlugin.type }?.identity ?? prefixPlugin
    inFlightPlugin = plugins.first { $0.type == inFlightPlugin.type }?.identity ?? inFlightPlugin
  }

  private static func featureGates(_ root: FieldReader) throws(ConfigurationError) -> Set<FeatureGate> {
    var gates: Set<FeatureGate> = []
    let names = try root.strings("featureGates") ?? []
    for (element, name) in zip(try root.elements("featureGates") ?? [], names) {
      guard let gate = FeatureGate(rawValue: name) else {
        throw ConfigurationError(
          path: element.path, value: name, line: element.node.line, reason: "is an unknown feature gate")
      }
      gates.insert(gate)
    }
    return gates
  }

  private static func plugins(_ root: FieldReader) throws(ConfigurationError) -> [Plugin] {
    var plugins: [Plugin] = []
    for element in try root.elements("plugins") ?? [] {
      let entry = try FieldReader(element.node, path: element.path)
      let plugin = try PluginCatalog.plugin(entry)
      guard plugins.named(plugin.name) == nil else {
        throw ConfigurationError(
          path: entry.path(of: entry.has("name") ? "name" : "type"), value: plugin.name,
          line: entry.node("name")?.line ?? entry.node("type")?.line ?? element.node.line,
          reason: "is the name of two plugins")
      }
      plugins.append(plugin)
    }
    return plugins
  }

  /// The plugin that a reference names.
  static func reference(_ key: String, _ fields: FieldReader, _ plugins: [Plugin]) throws(ConfigurationError) -> Plugin
  {
    let name = try fields.required(key)
    guard let plugin = plugins.named(name) else { throw fields.error(key, "is not the name of a plugin") }
    return plugin
  }

  private static func prefixCache(
    _ root: FieldReader, _ plugins: [Plugin]
  ) throws(ConfigurationError) -> PrefixCacheSettings? {
    let producers = plugins.filter { $0.type == "approx-prefix-cache-producer" }
    guard producers.count < 2 else {
      throw root.error("plugins", "hold several approx-prefix-cache-producers; one is available")
    }
    guard plugins.contains(where: \.needsPrefixes) else { return nil }
    return producers.first?.prefixSettings ?? plugins.lazy.compactMap(\.prefixSettings).first ?? PrefixCacheSettings()
  }

  private static func saturation(
    _ root: FieldReader, _ plugins: [Plugin]
  ) throws(ConfigurationError) -> SaturationSettings {
    let nested = try root.object("flowControl")?.object("saturationDetector", allowing: ["pluginRef"])
    guard let fields = try root.object("saturationDetector", allowing: ["pluginRef"]) ?? nested else {
      let plugin = plugins.named("utilization-detector")
      return plugin?.detector.map { SaturationSettings(name: "utilization-detector", detector: $0) }
        ?? SaturationSettings()
    }
    // The default detector exists without being listed.
    if try fields.string("pluginRef") == "utilization-detector", plugins.named("utilization-detector") == nil {
      return SaturationSettings()
    }
    let plugin = try reference("pluginRef", fields, plugins)
    guard let detector = plugin.detector else {
      throw fields.error("pluginRef", "is not a saturation detector but a \(plugin.type)")
    }
    return SaturationSettings(name: plugin.name, detector: detector)
  }

  private static func discoveryFile(_ root: FieldReader, _ plugins: [Plugin]) throws(ConfigurationError) -> String? {
    guard let fields = try root.object("dataLayer")?.object("discovery", allowing: ["pluginRef"]) else { return nil }
    let plugin = try reference("pluginRef", fields, plugins)
    guard let file = plugin.discoveryFile else {
      throw fields.error("pluginRef", "is not a discovery plugin but a \(plugin.type)")
    }
    return file
  }

  private static func parsers(_ root: FieldReader, _ plugins: [Plugin]) throws(ConfigurationError) -> [String] {
    var names: [String] = []
    func add(_ fields: FieldReader) throws(ConfigurationError) {
      if try fields.string("pluginRef") == "openai-parser", plugins.named("openai-parser") == nil {
        names.append("openai-parser")
        return
      }
      let parser = try reference("pluginRef", fields, plugins)
      guard parser.isParser else { throw fields.error("pluginRef", "is not a parser but a \(parser.type)") }
      names.append(parser.type)
    }
    if let parser = try root.object("parser", allowing: ["pluginRef"]) { try add(parser) }
    for element in try root.object("requestHandler", allowing: ["parsers"])?.elements("parsers") ?? [] {
      let fields = try FieldReader(element.node, path: element.path)
      try fields.allow(["pluginRef"])
      try add(fields)
    }
    return names
  }
}
