/// Reads the three kinds of configuration files: llm-d-inference-sim's YAML, vLLM's YAML, and models.json.
///
/// In all of them the keys are the flags' names. What a value may look like depends on the flag's kind alone. A models.json
/// may have other names for its models under `rewrites`, for `up` alone: a single server rewrites nothing, so that the key
/// is skipped beside `models`, and unknown elsewhere.
struct ConfigFileReader {
  let path: String
  var table = FlagTable.all
  var ignoresUnknownKeys = false

  /// Flags that only make sense on a command line.
  private static let commandLineOnly: Set<String> = ["config", "ignore-unknown-flags", "dry-run"]

  /// Turns the file's text into settings.
  func read(_ text: String) throws(LaunchError) -> ConfigFile {
    var file = ConfigFile(path: path)
    let root: ConfigNode?
    do {
      root = try ConfigNode(yaml: text)
    } catch {
      throw LaunchError(error.line.map { "\(path):\($0): \(error.reason)" } ?? "\(path): \(error.reason)")
    }
    guard let root, root.value != .null else { return file }
    guard case .mapping(let pairs) = root.value else {
      throw LaunchError("\(path):\(root.line): expected keys and values, got \(root.kindName)")
    }
    let hasModels = pairs.contains { $0.key == "models" }
    for pair in pairs {
      if pair.key == "models" {
        file.entries = try entries(pair.value, notes: &file.notes)
      } else if pair.key == "rewrites", hasModels {
        continue
      } else if let setting = try setting(pair, inEntry: false, notes: &file.notes) {
        try add(setting, to: &file.settings)
      }
    }
    return file
  }

  private func entries(_ node: ConfigNode, notes: inout [LaunchNote]) throws(LaunchError) -> [ConfigFile.Entry] {
    guard case .sequence(let items) = node.value, !items.isEmpty else {
      throw LaunchError("\(path):\(node.line): models: expected a list of at least one model, got \(node.kindName)")
    }
    var entries: [ConfigFile.Entry] = []
    for item in items {
      guard case .mapping(let pairs) = item.value else {
        throw LaunchError("\(path):\(item.line): models: expected a model's keys and values, got \(item.kindName)")
      }
      var entry = ConfigFile.Entry(line: item.line, settings: [])
      for pair in pairs {
        if let setting = try setting(pair, inEntry: true, notes: &notes) { try add(setting, to: &entry.settings) }
      }
      entries.append(entry)
    }
    return entries
  }

  /// YAML itself refuses equal keys; here only two spellings of one flag can meet.
  private func add(_ setting: Setting, to settings: inout [Setting]) throws(LaunchError) {
    guard settings.last(setting.flag.name) == nil else { throw setting.error("given twice") }
    settings.append(setting)
  }

  private func setting(
    _ pair: ConfigNode.Pair, inEntry: Bool, notes: inout [LaunchNote]
  ) throws(LaunchError) -> Setting? {
    guard let (flag, negated) = table.resolve(pair.key) else {
      return try skipUnknown(pair, notes: &notes)
    }
    let origin = Origin.file(path: path, line: pair.line)
    if let refusal = refusal(of: flag, inEntry: inEntry) {
      throw LaunchError("\(origin.label(for: flag.name)): \(refusal)")
    }
    guard let words = try words(pair.value, for: flag, at: origin) else { return nil }
    let setting = try Setting(flag: flag, values: words, origin: origin).checked()
    guard flag.kind == .boolean, let value = BooleanText.parse(words[0]) else { return setting }
    return Setting(flag: flag, values: [String(value != negated)], origin: origin)
  }

  private func refusal(of flag: FlagSpecification, inEntry: Bool) -> String? {
    if Self.commandLineOnly.contains(flag.name) { return "only a flag of the command line" }
    switch flag.disposition {
    case .honoured(.server) where inEntry: return "about the whole server; belongs beside 'models', not in an entry"
    case .fileOnly where !inEntry: return "belongs in an entry of 'models'"
    default: return nil
    }
  }

  /// The words that a command line would have given; nil for a key without a value.
  private func words(
    _ node: ConfigNode, for flag: FlagSpecification, at origin: Origin
  ) throws(LaunchError) -> [String]? {
    switch (node.value, flag.kind) {
    case (.null, _): return nil
    case (.scalar(let text, _), _): return [text]
    case (.sequence(let items), .list): return items.map(\.word)
    case (.mapping, .list) where flag.name == "lora-modules": return [node.json]
    case (.sequence, .json), (.mapping, .json): return [node.json]
    default:
      if case .accepted = flag.disposition, flag.kind == .text || flag.kind == .optionalText { return [node.json] }
      throw LaunchError("\(origin.label(for: flag.name)): expected a single value, got \(node.kindName)")
    }
  }

  private func skipUnknown(_ pair: ConfigNode.Pair, notes: inout [LaunchNote]) throws(LaunchError) -> Setting? {
    let place = "\(path):\(pair.line)"
    guard ignoresUnknownKeys else {
      let hint = Suggestion.nearest(to: pair.key, in: table).map { " (did you mean '\($0)'?)" } ?? ""
      throw LaunchError("\(place): unknown key '\(pair.key)'\(hint)")
    }
    notes.append(LaunchNote(level: .warning, text: "\(place): ignored unknown key '\(pair.key)'"))
    return nil
  }
}

extension ConfigNode {
  /// An item of a list as one word: text as it is, mappings as JSON.
  fileprivate var word: String {
    if case .scalar(let text, _) = value { return text }
    return json
  }
}
