/// A value of a configuration file and the line it stands on.
struct ConfigNode: Equatable, Sendable {
  let line: Int
  let value: Value

  /// A mapping keeps its order.
  indirect enum Value: Equatable, Sendable {
    case null
    /// Text; `quoted` when it stood in quotes, so that `"null"` and `"5"` are strings.
    case scalar(String, quoted: Bool)
    case sequence([ConfigNode])
    case mapping([Pair])
  }

  /// A key of a mapping with its own line.
  struct Pair: Equatable, Sendable {
    let key: String
    let line: Int
    let value: ConfigNode
  }
}

/// A file that is not YAML (and hence not JSON either).
struct ConfigSyntaxError: Error, Equatable {
  let line: Int?
  let reason: String
}

extension ConfigNode {
  /// The value as compact JSON, for flags whose words are JSON.
  var json: String {
    switch value {
    case .null: "null"
    case .scalar(let text, let quoted):
      !quoted && (NumberText.parse(text) != nil || text == "true" || text == "false")
        ? text : JSONText.quoted(text)
    case .sequence(let items): "[" + items.map(\.json).joined(separator: ",") + "]"
    case .mapping(let pairs):
      "{" + pairs.map { JSONText.quoted($0.key) + ":" + $0.value.json }.joined(separator: ",") + "}"
    }
  }

  /// What kind of value this is, for messages.
  var kindName: String {
    switch value {
    case .null: "nothing"
    case .scalar: "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}
