/// The pairs of a mapping while it is read: no key twice, merge keys (`<<`) last.
struct MappingPairs {
  private var pairs: [YAMLNode.Pair] = []
  private var keys: [String: Int] = [:]
  private var inherited: [YAMLNode.Pair] = []

  mutating func add(_ key: YAMLNode, _ value: YAMLNode) throws(YAMLError) {
    guard let name = key.text else { throw YAMLError("a key must be a name, not \(key.kindName)", line: key.line) }
    guard !name.isEmpty || key.isQuoted else { throw YAMLError("a key is missing", line: key.line) }
    if let line = keys.updateValue(key.line, forKey: name) {
      throw YAMLError("duplicate key '\(name)', first at line \(line)", line: key.line)
    }
    if name == "<<", !key.isQuoted {
      inherited = try Self.sources(value)
    } else {
      pairs.append(YAMLNode.Pair(key: name, line: key.line, value: value))
    }
  }

  /// The mapping's own pairs, then those that it inherits and has not itself.
  var merged: [YAMLNode.Pair] {
    var seen = Set(keys.keys)
    return pairs + inherited.filter { seen.insert($0.key).inserted }
  }

  private static func sources(_ value: YAMLNode) throws(YAMLError) -> [YAMLNode.Pair] {
    switch value.value {
    case .mapping(let pairs): return pairs
    case .sequence(let items):
      var pairs: [YAMLNode.Pair] = []
      for item in items {
        guard case .mapping(let own) = item.value else {
          throw YAMLError("'<<' merges mappings only, not \(item.kindName)", line: item.line)
        }
        pairs += own
      }
      return pairs
    default: throw YAMLError("'<<' merges mappings only, not \(value.kindName)", line: value.line)
    }
  }
}
