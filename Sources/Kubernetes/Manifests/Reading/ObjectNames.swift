internal import EndpointPicking

/// The objects that were seen, to find those that come twice.
struct ObjectNames {
  /// Pools of the two groups are different objects; all other kinds exist once.
  private struct Key: Hashable {
    let kind: String
    let group: String
    let name: NamespacedName
  }

  private var positions: [Key: SourcePosition] = [:]

  /// Remembers `object`; where the same object is already, if it is. Skipped objects never are.
  mutating func insert(_ object: ManifestObject) -> SourcePosition? {
    guard let name = object.resource.name else { return nil }
    var group = ""
    if case .inferencePool(let pool) = object.resource { group = pool.group }
    let key = Key(kind: object.resource.kind, group: group, name: name)
    if let first = positions[key] { return first }
    positions[key] = object.position
    return nil
  }
}
