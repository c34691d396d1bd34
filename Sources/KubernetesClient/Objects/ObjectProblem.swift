public import EndpointPicking

/// What is wrong with an object of the API server, or doubtful about it.
public struct ObjectProblem: Hashable, Sendable, CustomStringConvertible {
  /// The object's kind.
  public var kind: String
  /// Which one; nil when it does not say.
  public var name: NamespacedName?
  /// The field as `spec.rules[0].targets`; empty when the object as a whole is meant.
  public var field: String
  /// What is wrong.
  public var reason: String
  /// The object is skipped, so that what was known of it before stays in force; false for a mere warning.
  public var isRefused: Bool

  /// A problem with an object of `kind`.
  public init(kind: String, name: NamespacedName?, field: String, reason: String, isRefused: Bool) {
    self.kind = kind
    self.name = name
    self.field = field
    self.reason = reason
    self.isRefused = isRefused
  }

  /// `Kind namespace/name: field: reason`.
  public var description: String {
    let title = name.map { "\(kind) \($0)" } ?? kind
    return [title, field, reason].filter { !$0.isEmpty }.joined(separator: ": ")
  }
}
