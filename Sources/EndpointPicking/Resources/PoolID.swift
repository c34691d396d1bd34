/// Names one InferencePool.
public struct PoolID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The namespace.
  public var namespace: String
  /// The name.
  public var name: String
  /// The API group: pools of the two groups are different objects even when their names are equal.
  public var group: String

  /// The pool `name` of `namespace`.
  public init(namespace: String, name: String, group: String = APIGroup.inference) {
    self.namespace = namespace
    self.name = name
    self.group = group
  }

  /// `group/namespace/name`, for messages.
  public var description: String { "\(group)/\(namespace)/\(name)" }

  /// By namespace, name, and group.
  public static func < (a: PoolID, b: PoolID) -> Bool {
    (a.namespace, a.name, a.group) < (b.namespace, b.name, b.group)
  }
}

/// The `poolRef` of an object: a pool in the object's own namespace.
public struct PoolReference: Hashable, Sendable {
  /// The pool's API group.
  public var group: String
  /// The pool's name.
  public var name: String

  /// The pool `name`; InferenceModels mean `APIGroup.experimental` when they say no group, all others the default.
  public init(name: String, group: String = APIGroup.inference) {
    self.group = group
    self.name = name
  }

  /// The pool that an object in `namespace` means.
  public func pool(in namespace: String) -> PoolID { PoolID(namespace: namespace, name: name, group: group) }
}
