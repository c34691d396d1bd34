/// The kinds of objects that refer to a pool.
public enum ResourceKind: String, Hashable, Sendable, Comparable {
  case inferenceModel = "InferenceModel"
  case inferenceModelRewrite = "InferenceModelRewrite"
  case inferenceObjective = "InferenceObjective"

  /// By the kind's name.
  public static func < (a: ResourceKind, b: ResourceKind) -> Bool { a.rawValue < b.rawValue }
}

/// Names one object that refers to a pool.
public struct ResourceID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// What it is.
  public var kind: ResourceKind
  /// Which one it is.
  public var name: NamespacedName

  /// The object `name` of `kind`.
  public init(kind: ResourceKind, name: NamespacedName) {
    self.kind = kind
    self.name = name
  }

  /// `kind namespace/name`, for messages.
  public var description: String { "\(kind.rawValue) \(name)" }

  /// By kind, then name.
  public static func < (a: ResourceID, b: ResourceID) -> Bool { (a.kind, a.name) < (b.kind, b.name) }
}
