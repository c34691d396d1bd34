/// What a plugin is called (GIE v1.5, `plugins`): the metric labels `plugin_name` and `plugin_type`.
public struct PluginIdentity: Hashable, Sendable {
  /// Its name in the configuration.
  public var name: String
  /// Its type.
  public var type: String

  /// A plugin of that name and type.
  public init(name: String, type: String) {
    self.name = name
    self.type = type
  }

  /// A plugin without a name of its own is called by its type.
  public init(_ type: String) { self.init(name: type, type: type) }
}

/// A plugin at one of the points where a pick calls it.
public struct PluginStage: Hashable, Sendable {
  /// The point; the raw value is the metric label `extension_point` (GIE v1.5).
  public enum ExtensionPoint: String, Hashable, Sendable, CaseIterable {
    /// The profile handler says what to run next.
    case profilePicker = "ProfilePicker"
    /// Candidates are removed.
    case filter = "Filter"
    /// Candidates are rated.
    case scorer = "Scorer"
    /// Candidates are chosen.
    case picker = "Picker"
    /// The profile handler makes a decision of what has run.
    case processProfilesResults = "ProcessProfilesResults"
  }

  /// Where it works.
  public var extensionPoint: ExtensionPoint
  /// Which one it is.
  public var plugin: PluginIdentity

  /// `plugin` at `extensionPoint`.
  public init(_ extensionPoint: ExtensionPoint, _ plugin: PluginIdentity) {
    self.extensionPoint = extensionPoint
    self.plugin = plugin
  }
}

/// How long one plugin took in one pick.
public struct PluginDuration: Hashable, Sendable {
  /// Its place in `SchedulerConfiguration.pluginStages`.
  public var stage: Int
  /// The time, never negative.
  public var nanoseconds: Int64

  /// A plugin's time.
  public init(stage: Int, nanoseconds: Int64) {
    self.stage = stage
    self.nanoseconds = nanoseconds
  }
}

extension SchedulerConfiguration {
  /// The profile handler's places in `pluginStages`.
  static let profilePickerStage = 0
  static let processResultsStage = 1

  /// All plugins that a pick may call, at all points: first the profile handler at its two, then by profile the filters,
  /// the scorers and the picker. A plugin that several profiles name is there several times.
  public var pluginStages: [PluginStage] {
    var stages = [
      PluginStage(.profilePicker, handlerPlugin), PluginStage(.processProfilesResults, handlerPlugin),
    ]
    for profile in profiles {
      stages += profile.filters.map { PluginStage(.filter, $0.plugin) }
      stages += profile.scorers.map { PluginStage(.scorer, $0.plugin) }
      stages.append(PluginStage(.picker, profile.pickerPlugin))
    }
    return stages
  }

  /// The place in `pluginStages` of a profile's first plugin; for the profile after the last, how many stages there are.
  func firstStage(of profile: Int) -> Int {
    var stage = Self.processResultsStage + 1
    for earlier in profiles.prefix(profile) { stage += earlier.filters.count + earlier.scorers.count + 1 }
    return stage
  }
}
