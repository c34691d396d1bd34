/// Reads the fields of one object strictly: wrong types and unknown names are errors that say where.
struct FieldReader {
  /// An element of a list, and its path.
  struct Element {
    var node: ConfigurationNode
    var path: String
  }

  /// Where the object is.
  let path: String
  /// Its fields; those that are null count as missing.
  let fields: [ConfigurationNode.Field]
  private let line: Int?

  /// The fields of an object; null has none.
  init(_ node: ConfigurationNode?, path: String) throws(ConfigurationError) {
    self.path = path
    line = node?.line
    switch node?.value {
    case nil, .null: fields = []
    case .object(let all):
      var seen: Set<String> = []
      for field in all where !seen.insert(field.key).inserted {
        throw ConfigurationError(
          path: Self.join(path, field.key), value: nil, line: field.line ?? field.value.line, reason: "is there twice")
      }
      fields = all.filter { $0.value.value != .null }
      names = all
    default:
      throw ConfigurationError(path: path, value: node?.summary, line: node?.line, reason: "is not an object")
    }
  }

  private var names: [ConfigurationNode.Field] = []

  /// Refuses fields of other names.
  func allow(_ known: [String] = []) throws(ConfigurationError) {
    for field in names where !known.contains(field.key) {
      throw ConfigurationError(
        path: Self.join(path, field.key), value: nil, line: field.line ?? field.value.line,
        reason: "is an unknown field")
    }
  }

  /// Whether the field is there at all, even as null.
  func has(_ key: String) -> Bool { names.contains { $0.key == key } }

  /// The field's value as it is.
  func node(_ key: String) -> ConfigurationNode? { fields.first { $0.key == key }?.value }

  /// The field's path.
  func path(of key: String) -> String { Self.join(path, key) }

  /// An error about a field.
  func error(_ key: String, _ reason: String) -> ConfigurationError {
    let node = node(key)
    return ConfigurationError(path: path(of: key), value: node?.summary, line: node?.line ?? line, reason: reason)
  }

  /// A text.
  func string(_ key: String) throws(ConfigurationError) -> String? {
    switch node(key)?.value {
    case nil: return nil
    case .string(let text): return text
    default: throw error(key, "is not a string")
    }
  }

  /// A text that must be there and not be empty.
  func required(_ key: String) throws(ConfigurationError) -> String {
    guard let text = try string(key), !text.isEmpty else { throw error(key, "is required") }
    return text
  }

  /// A truth value.
  func bool(_ key: String) throws(ConfigurationError) -> Bool? {
    switch node(key)?.value {
    case nil: return nil
    case .bool(let value): return value
    default: throw error(key, "is neither true nor false")
    }
  }

  /// A whole number in a range.
  func int(_ key: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
    let value: Int
    switch node(key)?.value {
    case nil: return nil
    case .int(let number): value = number
    case .double(let number):
      guard let exact = Int(exactly: number) else { throw error(key, "is not a whole number") }
      value = exact
    default: throw error(key, "is not a whole number")
    }
    guard range.contains(value) else {
      let limit =
        range.upperBound == .max ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      throw error(key, "must be \(limit)")
    }
    return value
  }

  /// A number in a range.
  func number(_ key: String, in range: ClosedRange<Double>) throws(ConfigurationError) -> Double? {
    let value: Double
    switch node(key)?.value {
    case nil: return nil
    case .int(let number): value = Double(number)
    case .double(let number): value = number
    default: throw error(key, "is not a number")
    }
    guard range.contains(value) else {
      let limit =
        range.upperBound == .greatestFiniteMagnitude
        ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      throw error(key, "must be \(limit)")
    }
    return value
  }

  /// A duration such as `200ms` or `1m30s`, in nanoseconds.
  func duration(_ key: String) throws(ConfigurationError) -> Int64? {
    guard let node = node(key) else { return nil }
    guard case .string(let text) = node.value, let duration = GoDuration.nanoseconds(text), duration >= 0 else {
      throw error(key, "is not a duration such as 200ms or 1m30s")
    }
    return duration
  }

  /// A number of bytes or requests, as a number or a Kubernetes quantity such as `10Gi`.
  func quantity(_ key: String) throws(ConfigurationError) -> Int? {
    guard case .string(let text) = node(key)?.value else { return try int(key, in: 0...Int.max) }
    guard let value = Quantity.value(text) else { throw error(key, "is not a quantity such as 500M or 10Gi") }
    return value
  }

  /// The elements of a list; nil when it is missing.
  func elements(_ key: String) throws(ConfigurationError) -> [Element]? {
    switch node(key)?.value {
    case nil: return nil
    case .array(let nodes):
      let path = path(of: key)
      return nodes.enumerated().map { Element(node: $1, path: "\(path)[\($0)]") }
    default: throw error(key, "is not a list")
    }
  }

  /// A list of texts.
  func strings(_ key: String) throws(ConfigurationError) -> [String]? {
    guard let elements = try elements(key) else { return nil }
    var texts: [String] = []
    for element in elements {
      guard case .string(let text) = element.node.value else {
        throw ConfigurationError(
          path: element.path, value: element.node.summary, line: element.node.line, reason: "is not a string")
      }
      texts.append(text)
    }
    return texts
  }

  /// An object, whose fields must have one of the names if such are given.
  func object(_ key: String, allowing known: [String]? = nil) throws(ConfigurationError) -> FieldReader? {
    guard let node = node(key) else { return nil }
    let reader = try FieldReader(node, path: path(of: key))
    if let known { try reader.allow(known) }
    return reader
  }

  private static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
