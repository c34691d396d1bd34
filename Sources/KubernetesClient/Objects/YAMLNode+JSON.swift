internal import JSON
internal import YAML

extension YAMLNode {
  /// The same value; strings stay strings whatever they look like, and everything stands on line 1.
  ///
  /// Depth is bounded by the parser of the JSON.
  init(_ json: JSONValue) {
    switch json.kind {
    case .null: self.init(line: 1, value: .null)
    case .boolean: self.init(line: 1, value: .bool(json.bool ?? false))
    case .integer, .double:
      if case .integer = json.kind, case .exact(let value) = json.integer {
        self.init(line: 1, value: .int(Int(value)))
      } else {
        self.init(line: 1, value: .double(json.double ?? .nan))
      }
    case .string:
      let text = json.string ?? ""
      self.init(line: 1, value: .string(text), text: text, isQuoted: true)
    case .array: self.init(line: 1, value: .sequence(json.elements.map { YAMLNode($0) }))
    case .object:
      self.init(line: 1, value: .mapping(json.members.map { Pair(key: $0.string, line: 1, value: YAMLNode($1)) }))
    }
  }

  /// A string.
  init(_ text: String) { self.init(line: 1, value: .string(text), text: text, isQuoted: true) }

  /// Those of an object's members that `keep` names, each read by its own reader; anything else as it is.
  init(_ json: JSONValue, members keep: [String: (JSONValue) -> YAMLNode]) {
    guard case .object = json.kind else {
      self.init(json)
      return
    }
    var pairs: [Pair] = []
    for (key, value) in json.members {
      let name = key.string
      if let read = keep[name] { pairs.append(Pair(key: name, line: 1, value: read(value))) }
    }
    self.init(line: 1, value: .mapping(pairs))
  }
}
