import Yams

/// The only file that knows Yams.
extension ConfigNode {
  /// Parses one YAML document; JSON is YAML. nil for an empty one.
  init?(yaml text: String) throws(ConfigSyntaxError) {
    let root: Node?
    do {
      // Without a resolver every scalar stays text: flags' own kinds decide what it means.
      root = try Parser(yaml: text, resolver: .basic).singleRoot()
    } catch let error as YamlError {
      throw ConfigSyntaxError(error)
    } catch {
      throw ConfigSyntaxError(line: nil, reason: "\(error)")
    }
    guard let root else { return nil }
    try self.init(root, depth: 0)
  }

  private init(_ node: Node, depth: Int) throws(ConfigSyntaxError) {
    let line = node.mark?.line ?? 1
    // No setting nests deeper; the bound keeps a hostile file from exhausting the stack.
    guard depth < 32 else { throw ConfigSyntaxError(line: line, reason: "nested too deeply") }
    switch node {
    case .scalar(let scalar):
      let quoted = scalar.style != .plain && scalar.style != .any
      let isNull = !quoted && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
      self.init(line: line, value: isNull ? .null : .scalar(scalar.string, quoted: quoted))
    case .sequence(let sequence):
      var items: [ConfigNode] = []
      for item in sequence { items.append(try ConfigNode(item, depth: depth + 1)) }
      self.init(line: line, value: .sequence(items))
    case .mapping(let mapping):
      var pairs: [Pair] = []
      for (key, value) in mapping {
        guard case .scalar(let name) = key else {
          throw ConfigSyntaxError(line: key.mark?.line ?? line, reason: "a key must be a name")
        }
        let pair = Pair(
          key: name.string, line: key.mark?.line ?? line, value: try ConfigNode(value, depth: depth + 1))
        pairs.append(pair)
      }
      self.init(line: line, value: .mapping(pairs))
    case .alias:
      throw ConfigSyntaxError(line: line, reason: "an alias without an anchor")
    }
  }
}

extension ConfigSyntaxError {
  fileprivate init(_ error: YamlError) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(line: mark.line, reason: problem)
    case .reader(let problem, _, _, _):
      self.init(line: nil, reason: problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      self.init(line: context.mark.line, reason: "duplicate key '\(duplicates.first ?? "")'")
    default:
      self.init(line: nil, reason: "\(error)".split(separator: "\n").first.map(String.init) ?? "not YAML")
    }
  }
}
