internal import JSON
internal import Kubernetes
internal import YAML

/// The settings of a models.json, of one entry or for all, as flags.
struct ModelSettings {
  /// A flag and its value.
  private struct Setting {
    enum Value {
      case on(Bool)
      case word(String)
      case list([String])
    }

    /// The flag's canonical name: hyphens, without `no-`.
    let flag: String
    let value: Value

    /// Both as words of a command line.
    var words: [String] {
      switch value {
      case .on(true): ["--\(flag)"]
      case .on(false): ["--no-\(flag)"]
      // A word of its own that begins like a flag would be taken for one.
      case .word(let word): word.hasPrefix("-") ? ["--\(flag)=\(word)"] : ["--\(flag)", word]
      case .list(let words): ["--\(flag)"] + words
      }
    }

    /// What the flag is given.
    var values: [String] {
      switch value {
      case .on: []
      case .word(let word): [word]
      case .list(let words): words
      }
    }
  }

  /// Where it stands.
  let line: Int
  /// The model of an entry; empty for the top level.
  private(set) var model = ""
  /// The names that clients use.
  private(set) var servedNames: [String] = []
  /// How many servers of it there are.
  private(set) var replicas = 1
  private var settings: [Setting] = []

  /// Where the server listens, which is for the fleet to say.
  private static let listener: Set<String> = [
    "host", "port", "uds", "ssl-certfile", "ssl-keyfile", "self-signed-certs", "event-loops",
  ]
  /// Flags that only make sense on a command line.
  private static let commandLineOnly: Set<String> = ["config", "ignore-unknown-flags", "dry-run"]
  /// Two flags for one thing, of which an entry's wins over the other of the top level.
  private static let synonyms = [
    "max-num-queued-reqs": "max-waiting-queue-length", "num-gpu-blocks-override": "kv-cache-size",
  ]
  private static let replicaCounts = 1...10_000

  /// What stands beside `models`.
  init(topLevelOf root: YAMLNode, file: String) throws(ManifestError) {
    line = root.line
    guard case .mapping(let pairs) = root.value else { return }
    for pair in pairs where pair.key != "models" && pair.key != "rewrites" {
      let flag = Self.flag(pair.key)
      switch flag {
      case "model": throw Self.error(pair, "", file, "cannot stand beside 'models'")
      case "replicas": throw Self.error(pair, "", file, "belongs in an entry of 'models'")
      default: if !Self.listener.contains(flag) { try add(pair, at: "", file: file) }
      }
    }
  }

  /// An entry of `models`.
  init(entry node: YAMLNode, at field: String, file: String) throws(ManifestError) {
    line = node.line
    guard case .mapping(let pairs) = node.value else {
      throw ManifestError(
        file: file, line: node.line, field: field,
        reason: "expected a model's keys and values, got \(node.text.map { "'\($0)'" } ?? node.kindName)")
    }
    for pair in pairs {
      let flag = Self.flag(pair.key)
      if Self.listener.contains(flag) {
        throw Self.error(pair, field, file, "about the whole server; belongs beside 'models', not in an entry")
      }
      switch flag {
      case "replicas": replicas = try Self.replicas(pair, field, file)
      default: try add(pair, at: field, file: file)
      }
    }
    guard let model = values(of: "model").last, !model.isEmpty else {
      throw ManifestError(file: file, line: line, field: "\(field).model", reason: "missing in an entry of 'models'")
    }
    self.model = model
    let names = values(of: "served-model-name")
    servedNames = names.isEmpty ? [model] : names
  }

  /// The arguments of the program: the top level's settings, then the entry's own, which win over them.
  func arguments(over top: ModelSettings) -> [String] {
    let own = Set(settings.map { Self.synonyms[$0.flag] ?? $0.flag })
    let inherited = top.settings.filter { !own.contains(Self.synonyms[$0.flag] ?? $0.flag) }
    // Kubernetes replaces $(NAME) in arguments; a doubled dollar sign stands for itself.
    return (inherited + settings).flatMap(\.words).map {
      $0.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
    }
  }

  /// A key as the flag's canonical name, but for `no-`, which only a boolean's value tells from a name.
  private static func flag(_ key: String) -> String { String(key.map { $0 == "_" ? "-" : $0 }) }

  private static func error(
    _ pair: YAMLNode.Pair, _ field: String, _ file: String, _ reason: String
  ) -> ManifestError {
    ManifestError(
      file: file, line: pair.line, field: field.isEmpty ? pair.key : "\(field).\(pair.key)", reason: reason)
  }

  private static func replicas(
    _ pair: YAMLNode.Pair, _ field: String, _ file: String
  ) throws(ManifestError) -> Int {
    guard case .int(let count) = pair.value.value, replicaCounts.contains(count) else {
      if pair.value.value == .null { return 1 }
      let given = pair.value.text.map { "'\($0)'" } ?? pair.value.kindName
      let range = "\(replicaCounts.lowerBound) to \(replicaCounts.upperBound)"
      throw error(pair, field, file, "must be \(range), got \(given)")
    }
    return count
  }

  private mutating func add(_ pair: YAMLNode.Pair, at field: String, file: String) throws(ManifestError) {
    var flag = Self.flag(pair.key)
    if Self.commandLineOnly.contains(flag) { throw Self.error(pair, field, file, "only a flag of the command line") }
    if flag.isEmpty { throw Self.error(pair, field, file, "a key without a name") }
    let value: Setting.Value
    switch pair.value.value {
    case .null: return
    case .bool(let isOn):
      let isNegated = flag.hasPrefix("no-")
      if isNegated { flag = String(flag.dropFirst(3)) }
      value = .on(isOn != isNegated)
    case .sequence(let items):
      if items.isEmpty { return }
      value = .list(items.map(\.word))
    case .mapping, .int, .double, .string: value = .word(pair.value.word)
    }
    if settings.contains(where: { $0.flag == flag }) { throw Self.error(pair, field, file, "given twice") }
    settings.append(Setting(flag: flag, value: value))
  }

  private func values(of flag: String) -> [String] { settings.first { $0.flag == flag }?.values ?? [] }
}

extension YAMLNode {
  /// A value as one word of a command line: text as it is, everything else as JSON.
  fileprivate var word: String {
    switch value {
    case .sequence, .mapping, .null:
      var bytes: [UInt8] = []
      append(to: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    case .bool, .int, .double, .string: return text ?? ""
    }
  }

  /// Appends the value as compact JSON. `YAMLLimits` bounds how deep this goes.
  private func append(to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes.appendRaw("null")
    case .bool(let value): bytes.appendJSON(value)
    case .int(let value): bytes.appendJSON(value)
    case .double(let value): bytes.appendJSON(value)
    case .string(let value): bytes.appendJSON(value)
    case .sequence(let items):
      bytes.appendRaw("[")
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.appendRaw(",") }
        item.append(to: &bytes)
      }
      bytes.appendRaw("]")
    case .mapping(let pairs):
      bytes.appendRaw("{")
      for (index, pair) in pairs.enumerated() {
        if index > 0 { bytes.appendRaw(",") }
        bytes.appendJSON(pair.key)
        bytes.appendRaw(":")
        pair.value.append(to: &bytes)
      }
      bytes.appendRaw("}")
    }
  }
}
