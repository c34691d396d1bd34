public import EndpointPicking

/// Allows references from other namespaces into its own (Gateway API v1beta1).
public struct ReferenceGrant: Hashable, Sendable {
  /// Who may refer.
  public struct From: Hashable, Sendable {
    /// The API group of the objects that refer.
    public var group: String
    /// Their kind.
    public var kind: String
    /// Their namespace.
    public var namespace: String

    /// Objects of `kind` in `namespace`.
    public init(group: String, kind: String, namespace: String) {
      self.group = group
      self.kind = kind
      self.namespace = namespace
    }
  }

  /// What may be referred to.
  public struct To: Hashable, Sendable {
    /// The API group; empty for the core group.
    public var group: String
    /// The kind.
    public var kind: String
    /// The only object; nil for all of the kind.
    public var name: String?

    /// Objects of `kind` in the grant's namespace.
    public init(group: String, kind: String, name: String? = nil) {
      self.group = group
      self.kind = kind
      self.name = name
    }
  }

  /// Name, namespace and age.
  public var metadata: ObjectMetadata
  /// Any of them.
  public var from: [From]
  /// Any of them.
  public var to: [To]

  /// Lets `from` refer to `to`.
  public init(metadata: ObjectMetadata, from: [From], to: [To]) {
    self.metadata = metadata
    self.from = from
    self.to = to
  }

  /// Whether objects of `kind` in `namespace` may refer to the object `name` of `targetKind` in this namespace.
  public func allows(
    group: String, kind: String, namespace: String, toGroup: String, toKind: String, name: String
  ) -> Bool {
    from.contains(From(group: group, kind: kind, namespace: namespace))
      && to.contains { $0.group == toGroup && $0.kind == toKind && ($0.name ?? name) == name }
  }

  init(_ metadata: ObjectMetadata, _ object: Field) throws(FieldError) {
    let spec = try object("spec").required()
    self.init(metadata: metadata, from: [], to: [])
    for item in try spec("from").required().items(max: 16) {
      from.append(
        From(
          group: try item("group").required().group() ?? "", kind: try item("kind").required().kind() ?? "",
          namespace: try item("namespace").required().namespace() ?? ""))
    }
    for item in try spec("to").required().items(max: 16) {
      let name = try item("name")
      to.append(
        To(
          group: try item("group").required().group() ?? "", kind: try item("kind").required().kind() ?? "",
          name: name.isPresent ? try name.name(upTo: 253) : nil))
    }
    guard !from.isEmpty else { throw try spec("from").error("at least one item is required") }
    guard !to.isEmpty else { throw try spec("to").error("at least one item is required") }
  }
}
