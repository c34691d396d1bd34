/// The values of a label that come out of requests: a set that clients cannot make grow without end (llm-d 0.10, which
/// caps model names and fairness ids at 1000 each).
///
/// Pinned names, those of the configuration, are let in whatever else was seen and take no room.
struct CappedNames: Sendable {
  /// How many names are let in.
  static let limit = 1000
  /// Longer names, in bytes of UTF-8, are not let in (a limit of ours: a model's name may be as long as a body).
  static let maximumBytes = 512
  /// What all others are called.
  static let surplus = "other"

  private var admitted: Set<String> = []
  private var pinned: Set<String> = []

  /// The label's value for `name`: itself, or `surplus`. Once let in, a name always stands for itself. Empty stays
  /// empty.
  mutating func admit(_ name: String) -> String {
    if name.isEmpty || pinned.contains(name) || admitted.contains(name) { return name }
    guard admitted.count < Self.limit, name.utf8.count <= Self.maximumBytes else { return Self.surplus }
    admitted.insert(name)
    return name
  }

  /// Lets `name` in for ever.
  mutating func pin(_ name: String) {
    if !name.isEmpty { pinned.insert(name) }
  }

  /// Pins what `other` has pinned.
  mutating func mergePins(_ other: CappedNames) { pinned.formUnion(other.pinned) }
}
