internal import EndpointPicking

/// What became of one object.
struct ObjectChange: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// In kubectl's words.
  enum Outcome: String, Hashable, Sendable {
    /// It is new.
    case created
    /// It says something else than before.
    case configured
    /// It says what it said.
    case unchanged
    /// It is gone.
    case deleted
    /// Its kind has no use here.
    case skipped
  }

  /// `inferencepool.inference.networking.k8s.io`.
  let type: String
  /// Namespace and name.
  let name: NamespacedName
  /// What became of it.
  let outcome: Outcome

  /// The object `name` of `type`.
  init(type: String, name: NamespacedName, outcome: Outcome) {
    self.type = type
    self.name = name
    self.outcome = outcome
  }

  /// What became of `object`.
  init(_ object: LiveObject, _ outcome: Outcome) {
    let kind = object.key.kind
    let type = ResourceType(kind: kind)?.qualifiedSingular(in: object.source.group) ?? kind.lowercased()
    self.init(type: type, name: object.key.name, outcome: outcome)
  }

  /// `inferencepool.inference.networking.k8s.io/name created`, as `kubectl apply` says it.
  var description: String { "\(type)/\(name.name) \(outcome.rawValue)" }

  /// By type, then name.
  static func < (a: ObjectChange, b: ObjectChange) -> Bool { (a.type, a.name) < (b.type, b.name) }
}
