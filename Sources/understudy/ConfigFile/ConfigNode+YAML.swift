import YAML

extension ConfigNode {
  /// Parses one YAML document; JSON is YAML. nil for an empty one.
  init?(yaml text: String) throws(ConfigSyntaxError) {
    // No setting nests deeper; the bound keeps a hostile file from exhausting the stack.
    var limits = YAMLLimits()
    limits.depth = 32
    do throws(YAMLError) {
      guard let root = try YAMLNode(yaml: text, limits: limits) else { return nil }
      self.init(root)
    } catch {
      throw ConfigSyntaxError(line: error.line, reason: error.message)
    }
  }

  /// Scalars stay text: flags' own kinds decide what it means.
  private init(_ node: YAMLNode) {
    let value: Value =
      switch node.value {
      case .null: .null
      case .bool, .int, .double, .string: .scalar(node.text ?? "", quoted: node.isQuoted)
      case .sequence(let items): .sequence(items.map { ConfigNode($0) })
      case .mapping(let pairs):
        .mapping(pairs.map { Pair(key: $0.key, line: $0.line, value: ConfigNode($0.value)) })
      }
    self.init(line: node.line, value: value)
  }
}
