/// What every object says of itself, as far as it matters here (Kubernetes, ObjectMeta).
public struct ObjectMetadata: Hashable, Sendable {
  /// Name and namespace.
  public var name: NamespacedName
  /// When it was created, in seconds since 1970; nil counts as later than every known time.
  public var creationTimestamp: Int64?
  /// Changes with every change of the object; nil when it came from a file.
  public var resourceVersion: String?
  /// The position among the objects of files: by file name, then position in the file; nil for objects of an API server.
  public var appearance: Int?

  /// An object of which no more than the name need be known.
  public init(
    name: String, namespace: String = "default", creationTimestamp: Int64? = nil, resourceVersion: String? = nil,
    appearance: Int? = nil
  ) {
    self.name = NamespacedName(namespace: namespace, name: name)
    self.creationTimestamp = creationTimestamp
    self.resourceVersion = resourceVersion
    self.appearance = appearance
  }

  /// Where the object stands when the oldest goes first.
  public var age: ObjectAge { ObjectAge(self) }
}
