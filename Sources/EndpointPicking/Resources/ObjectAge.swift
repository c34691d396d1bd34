/// Orders objects from the oldest to the youngest, with no two objects of one kind equal.
///
/// Creation times have a resolution of one second, so ties are ordinary: they are broken by the order of appearance in
/// files and then by `namespace/name`, as Gateway API does.
public struct ObjectAge: Hashable, Sendable, Comparable {
  let created: Int64
  let appearance: Int
  let name: NamespacedName

  init(_ metadata: ObjectMetadata) {
    created = metadata.creationTimestamp ?? .max
    appearance = metadata.appearance ?? .max
    name = metadata.name
  }

  /// The older one is less.
  public static func < (a: ObjectAge, b: ObjectAge) -> Bool {
    (a.created, a.appearance, a.name) < (b.created, b.appearance, b.name)
  }
}
