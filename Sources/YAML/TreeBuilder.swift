/// Builds the trees of a text from its events.
struct TreeBuilder {
  private let reader: EventReader
  private let limits: YAMLLimits
  private var anchors: [String: Tree] = [:]
  private var aliasedValues = 0

  /// A node with what an alias for it would add.
  private struct Tree {
    var node: YAMLNode
    /// How many values it is in all, and over how many levels.
    var count = 1
    var height = 1

    mutating func add(_ child: Tree) {
      count += child.count
      height = max(height, child.height + 1)
    }
  }

  init(_ text: String, limits: YAMLLimits) {
    reader = EventReader(text)
    self.limits = limits
    // The builder recurses; this is what the stack of any thread holds.
    depth = min(limits.depth, 500)
  }

  private let depth: Int

  mutating func documents() throws(YAMLError) -> [YAMLNode] {
    var documents: [YAMLNode] = []
    while true {
      let event = try reader.next()
      switch event.kind {
      case .streamEnd: return documents
      case .documentStart: anchors = [:]
      case .documentEnd: continue
      default: documents.append(try tree(event, level: 1).node)
      }
    }
  }

  private mutating func tree(_ event: YAMLEvent, level: Int) throws(YAMLError) -> Tree {
    switch event.kind {
    case .alias(let name):
      return try alias(name, at: event.line, level: level)
    case .scalar(let text, let isPlain, let properties):
      let value = try scalar(text, isPlain: isPlain, tag: properties.tag, line: event.line)
      let tree = Tree(node: YAMLNode(line: event.line, value: value, text: text, isQuoted: !isPlain))
      return remember(tree, properties)
    case .sequenceStart(let properties):
      try enter(level, at: event.line)
      return remember(try sequence(event.line, level: level), properties)
    case .mappingStart(let properties):
      try enter(level, at: event.line)
      return remember(try mapping(event.line, level: level), properties)
    default:
      throw YAMLError("a value is missing", line: event.line)
    }
  }

  private func enter(_ level: Int, at line: Int) throws(YAMLError) {
    guard level <= depth else { throw YAMLError("nested more than \(depth) levels deep", line: line) }
  }

  private mutating func remember(_ tree: Tree, _ properties: YAMLEvent.Properties) -> Tree {
    if let anchor = properties.anchor { anchors[anchor] = tree }
    return tree
  }

  private mutating func alias(_ name: String, at line: Int, level: Int) throws(YAMLError) -> Tree {
    guard var tree = anchors[name] else { throw YAMLError("the alias '*\(name)' has no anchor", line: line) }
    aliasedValues += tree.count
    guard aliasedValues <= limits.aliasedValues else {
      throw YAMLError("aliases stand for more than \(limits.aliasedValues) values", line: line)
    }
    guard level + tree.height - 1 <= depth else {
      throw YAMLError("nested more than \(depth) levels deep", line: line)
    }
    tree.node.line = line
    return tree
  }

  private mutating func sequence(_ line: Int, level: Int) throws(YAMLError) -> Tree {
    var tree = Tree(node: YAMLNode(line: line, value: .null))
    var items: [YAMLNode] = []
    while true {
      let event = try reader.next()
      if case .sequenceEnd = event.kind { break }
      let item = try self.tree(event, level: level + 1)
      tree.add(item)
      items.append(item.node)
    }
    tree.node.value = .sequence(items)
    return tree
  }

  private mutating func mapping(_ line: Int, level: Int) throws(YAMLError) -> Tree {
    var tree = Tree(node: YAMLNode(line: line, value: .null))
    var pairs = MappingPairs()
    while true {
      let event = try reader.next()
      if case .mappingEnd = event.kind { break }
      let key = try self.tree(event, level: level + 1).node
      let value = try self.tree(try reader.next(), level: level + 1)
      tree.add(value)
      try pairs.add(key, value.node)
    }
    tree.node.value = .mapping(pairs.merged)
    return tree
  }

  private func scalar(
    _ text: String, isPlain: Bool, tag: String?, line: Int
  ) throws(YAMLError) -> YAMLNode.Value {
    let standard = "tag:yaml.org,2002:"
    guard let tag, tag != "!" else { return isPlain && tag == nil ? ScalarSchema.value(of: text) : .string(text) }
    guard tag.hasPrefix(standard) else { throw YAMLError("the tag '\(tag)' has no meaning here", line: line) }
    let value = ScalarSchema.value(of: text)
    switch (tag.dropFirst(standard.utf8.count), value) {
    case ("str", _): return .string(text)
    case ("null", .null), ("bool", .bool), ("int", .int), ("float", .double): return value
    case ("float", .int(let integer)): return .double(Double(integer))
    case ("null", _), ("bool", _), ("int", _), ("float", _):
      throw YAMLError("'\(text)' is not what its tag '\(tag.dropFirst(standard.utf8.count))' says", line: line)
    default: throw YAMLError("the tag '\(tag)' has no meaning here", line: line)
    }
  }
}
