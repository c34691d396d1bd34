extension SchedulerConfiguration {
  /// The scheduling profiles; without any, one named `default` of all plugins that fit into a profile.
  static func profiles(_ root: FieldReader, _ plugins: [Plugin]) throws(ConfigurationError) -> [SchedulingProfile] {
    let elements = try root.elements("schedulingProfiles") ?? []
    if elements.isEmpty { return [try defaultProfile(root, plugins)] }
    var profiles: [SchedulingProfile] = []
    for element in elements {
      let fields = try FieldReader(element.node, path: element.path)
      try fields.allow(["name", "plugins"])
      let name = try fields.required("name")
      guard !profiles.contains(where: { $0.name == name }) else {
        throw fields.error("name", "is the name of two profiles")
      }
      profiles.append(try profile(name, fields, plugins))
    }
    return profiles
  }

  private static func defaultProfile(
    _ root: FieldReader, _ plugins: [Plugin]
  ) throws(ConfigurationError) -> SchedulingProfile {
    var profile = SchedulingProfile(name: "default")
    let pickers = plugins.filter { $0.picker != nil }
    guard pickers.count < 2 else {
      throw root.error("plugins", "hold two pickers: \(pickers[0].name) and \(pickers[1].name)")
    }
    // A detector filters only where a profile names it.
    for plugin in plugins where plugin.detector == nil { add(plugin, weight: 1, to: &profile) }
    return profile
  }

  private static func profile(
    _ name: String, _ fields: FieldReader, _ plugins: [Plugin]
  ) throws(ConfigurationError) -> SchedulingProfile {
    var profile = SchedulingProfile(name: name)
    var hasPicker = false
    for element in try fields.elements("plugins") ?? [] {
      let entry = try FieldReader(element.node, path: element.path)
      try entry.allow(["pluginRef", "weight"])
      let plugin = try reference("pluginRef", entry, plugins)
      guard plugin.fitsProfile else {
        throw entry.error("pluginRef", "is a \(plugin.type), which is no filter, scorer or picker")
      }
      let weight = try entry.number("weight", in: -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)
      if weight != nil, plugin.scorer == nil { throw entry.error("weight", "is only for scorers") }
      if plugin.picker != nil {
        if hasPicker { throw entry.error("pluginRef", "is a second picker in profile '\(name)'") }
        hasPicker = true
      }
      add(plugin, weight: weight ?? 1, to: &profile)
    }
    if !hasPicker, let plugin = plugins.first(where: { $0.picker != nil }), let picker = plugin.picker {
      profile.picker = picker
      profile.pickerPlugin = plugin.identity
    }
    return profile
  }

  private static func add(_ plugin: Plugin, weight: Double, to profile: inout SchedulingProfile) {
    if let filter = plugin.filter { profile.filters.append(.init(plugin: plugin.identity, filter: filter)) }
    if let scorer = plugin.scorer {
      profile.scorers.append(.init(plugin: plugin.identity, weight: weight, scorer: scorer))
    }
    if let picker = plugin.picker {
      profile.picker = picker
      profile.pickerPlugin = plugin.identity
    }
  }

  /// The profile handler; one profile needs none.
  static func handler(
    _ root: FieldReader, _ plugins: [Plugin], _ names: [String]
  ) throws(ConfigurationError) -> any ProfileHandler {
    let handlers = plugins.filter { $0.handler != nil }
    guard handlers.count < 2 else {
      throw root.error("plugins", "hold two profile handlers: \(handlers[0].name) and \(handlers[1].name)")
    }
    switch handlers.first?.handler {
    case nil, .single:
      guard names.count == 1 else {
        throw root.error("schedulingProfiles", "are several, which needs a profile handler other than the single one")
      }
      return SingleProfileHandler(name: names[0])
    case .dataParallel(let port):
      guard names.count == 1 else {
        throw root.error("schedulingProfiles", "are several, but data-parallel-profile-handler takes one")
      }
      return DataParallelProfileHandler(name: names[0], primaryPort: port)
    case .header(let header, let defaultProfile):
      return HeaderProfileHandler(header: header, defaultProfile: defaultProfile, names: names)
    case .disaggregation(let settings): return try disaggregation(root, settings, plugins, names)
    }
  }

  private static func disaggregation(
    _ root: FieldReader, _ settings: DisaggregationSettings, _ plugins: [Plugin], _ names: [String]
  ) throws(ConfigurationError) -> any ProfileHandler {
    func profile(_ name: String) throws(ConfigurationError) -> Int {
      guard let index = names.firstIndex(of: name) else {
        throw root.error("schedulingProfiles", "lack profile '\(name)', which the profile handler runs")
      }
      return index
    }
    func decider(_ name: String?) throws(ConfigurationError) -> (any DisaggregationDecider)? {
      guard let name else { return nil }
      guard let decider = plugins.named(name)?.decider else {
        throw root.error("plugins", "hold no decider '\(name)', which the profile handler names")
      }
      return decider
    }
    var stages: [DisaggregationProfileHandler.Stage] = []
    if let decider = try decider(settings.encodeDecider) {
      stages.append(.init(kind: .encode, profile: try profile(settings.encode), decider: decider))
    }
    if let decider = try decider(settings.prefillDecider) ?? settings.fallbackDecider {
      stages.append(.init(kind: .prefill, profile: try profile(settings.prefill), decider: decider))
    }
    if !settings.encodesFirst { stages.reverse() }
    return DisaggregationProfileHandler(
      decode: try profile(settings.decode), decodeName: settings.decode, stages: stages,
      primaryPort: settings.primaryPort)
  }
}
