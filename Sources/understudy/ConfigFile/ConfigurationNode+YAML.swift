import EndpointPicking
import YAML

extension ConfigurationNode {
  /// The same value with the same lines.
  init(_ node: YAMLNode) {
    let value: Content =
      switch node.value {
      case .null: .null
      case .bool(let value): .bool(value)
      case .int(let value): .int(value)
      case .double(let value): .double(value)
      case .string(let text): .string(text)
      case .sequence(let items): .array(items.map { ConfigurationNode($0) })
      case .mapping(let pairs):
        .object(pairs.map { Field(key: $0.key, value: ConfigurationNode($0.value), line: $0.line) })
      }
    self.init(value, line: node.line)
  }
}
