/// An object and where it was read.
public struct ManifestObject: Hashable, Sendable {
  /// Where.
  public var position: SourcePosition
  /// What.
  public var resource: ManifestResource

  /// The object `resource`.
  public init(position: SourcePosition, resource: ManifestResource) {
    self.position = position
    self.resource = resource
  }

  /// `Kind namespace/name`, for messages.
  public var title: String { resource.name.map { "\(resource.kind) \($0)" } ?? resource.kind }
}

/// What a file says.
public struct ManifestFile: Hashable, Sendable {
  /// The file's name.
  public var name: String
  /// The valid objects in order; `appearance` counts them within the file.
  public var objects: [ManifestObject] = []
  /// What has an effect other than its author may think, in order.
  public var warnings: [ManifestError] = []
  /// Why the file is refused, at most one for each object; empty for a valid file.
  public var errors: [ManifestError] = []

  /// The empty file `name`.
  public init(name: String) { self.name = name }
}
