internal import EndpointPicking
internal import Kubernetes

/// Which object it is: no two live objects have equal keys.
struct ObjectKey: Hashable, Sendable {
  /// `InferencePool`; `Endpoint` for entries of file-discovery files.
  let kind: String
  /// The group of pools, of which each group has its own; empty for all other kinds.
  let group: String
  /// Namespace and name.
  let name: NamespacedName

  /// The object `name` of `kind`.
  init(kind: String, group: String = "", name: NamespacedName) {
    self.kind = kind
    self.group = kind == "InferencePool" ? group : ""
    self.name = name
  }

  /// The key of `resource`; nil for skipped objects.
  init?(_ resource: ManifestResource) {
    guard let name = resource.name else { return nil }
    var group = ""
    if case .inferencePool(let pool) = resource { group = pool.group }
    self.init(kind: resource.kind, group: group, name: name)
  }
}

/// An object that a text declares.
struct StoredObject: Sendable {
  /// Which one.
  let key: ObjectKey
  /// The API group that it was written in.
  let group: String
  /// What it is and where it stands; its age is as its text says it, or nil.
  let object: ManifestObject

  /// When its text says that it was created; nil when it does not say.
  var givenCreation: Int64? { object.resource.metadata?.creationTimestamp }

  /// The objects of a text, without the skipped ones.
  static func list(_ text: SourceText) -> [StoredObject] {
    zip(text.file.objects, text.groups).compactMap { object, group in
      ObjectKey(object.resource).map { StoredObject(key: $0, group: group, object: object) }
    }
  }
}

/// An object that has an effect now.
struct LiveObject: Sendable {
  /// When it was created, and how many objects were first seen before it.
  struct Birth: Hashable, Sendable {
    /// Seconds since 1970.
    var created: Int64
    /// Counts objects of all kinds.
    var appearance: Int
  }

  /// What declares it.
  let source: StoredObject
  /// How old it is.
  let birth: Birth
  /// The object with its age.
  let object: ManifestObject

  /// The object that `source` declares.
  init(_ source: StoredObject, birth: Birth) {
    self.source = source
    self.birth = birth
    var object = source.object
    if var metadata = object.resource.metadata {
      metadata.creationTimestamp = birth.created
      metadata.appearance = birth.appearance
      object.resource.metadata = metadata
    }
    self.object = object
  }

  /// The object that `source` declares in the place of `former`, of which it has the age unless it says one.
  init(_ source: StoredObject, after former: LiveObject) {
    let created = source.givenCreation ?? former.birth.created
    self.init(source, birth: Birth(created: created, appearance: former.birth.appearance))
  }

  /// Which one it is.
  var key: ObjectKey { source.key }

  /// It declares the same as `other`, wherever that stands.
  func isSame(as other: LiveObject) -> Bool {
    object.resource == other.object.resource && source.group == other.source.group
  }
}
