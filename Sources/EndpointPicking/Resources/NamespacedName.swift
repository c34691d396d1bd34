/// The name of an object together with the namespace that it is in.
public struct NamespacedName: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The namespace.
  public var namespace: String
  /// The name, unique among objects of one kind in the namespace.
  public var name: String

  /// The object `name` of `namespace`.
  public init(namespace: String, name: String) {
    self.namespace = namespace
    self.name = name
  }

  /// `namespace/name`, as Kubernetes writes it.
  public var description: String { "\(namespace)/\(name)" }

  /// By namespace, then name.
  public static func < (a: NamespacedName, b: NamespacedName) -> Bool {
    (a.namespace, a.name) < (b.namespace, b.name)
  }
}
