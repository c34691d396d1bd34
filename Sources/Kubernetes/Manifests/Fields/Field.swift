internal import YAML

/// A place in an object: a value, or the lack of one, with its path for messages.
///
/// An absent field and one that is `null` are the same, as in Kubernetes.
struct Field {
  /// nil when absent or null.
  let node: YAMLNode?
  let path: String
  /// The value's line, or that of what should contain it.
  let line: Int

  init(_ node: YAMLNode?, path: String = "", line: Int = 1) {
    self.line = node?.line ?? line
    self.path = path
    if case .null = node?.value { self.node = nil } else { self.node = node }
  }

  var isPresent: Bool { node != nil }

  func error(_ reason: String) -> FieldError { FieldError(path: path, line: line, reason: reason) }

  /// For a value of the wrong type.
  func mismatch(_ expected: String) -> FieldError {
    error("expected \(expected), got \(node?.kindName ?? "nothing")")
  }

  private func child(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// The field `name` of a mapping; of an absent one, absent.
  func callAsFunction(_ name: String) throws(FieldError) -> Field {
    guard let node else { return Field(nil, path: child(name), line: line) }
    guard case .mapping = node.value else { throw mismatch("a mapping") }
    return Field(node[name], path: child(name), line: line)
  }

  /// A mapping's fields in order; none when absent.
  func pairs() throws(FieldError) -> [(key: String, field: Field)] {
    guard let node else { return [] }
    guard case .mapping(let pairs) = node.value else { throw mismatch("a mapping") }
    return pairs.map { ($0.key, Field($0.value, path: child($0.key), line: $0.line)) }
  }

  /// A list's items; none when absent.
  func items(max: Int? = nil) throws(FieldError) -> [Field] {
    guard let node else { return [] }
    guard case .sequence(let items) = node.value else { throw mismatch("a list") }
    if let max, items.count > max { throw error("at most \(max) items, got \(items.count)") }
    return items.enumerated().map { Field($0.element, path: "\(path)[\($0.offset)]", line: $0.element.line) }
  }

  /// Itself, if there is a value.
  func required() throws(FieldError) -> Field {
    guard isPresent else { throw error("required") }
    return self
  }

  /// Warns of fields with other names: they have no effect, and are mostly slips.
  func warn(unless known: Set<String>, _ warnings: inout [FieldError]) throws(FieldError) {
    for (key, field) in try pairs() where !known.contains(key) {
      warnings.append(field.error("unknown field, ignored"))
    }
  }
}
