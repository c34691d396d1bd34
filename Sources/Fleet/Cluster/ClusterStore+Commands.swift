internal import EndpointPicking
internal import Kubernetes

/// What `apply` did.
struct ApplyResult: Sendable {
  /// What became of each object, in the text's order; empty when there are errors.
  var changes: [ObjectChange] = []
  /// Why nothing was applied.
  var errors: [ManifestError] = []
  /// What is doubtful about the text, and what became doubtful by it.
  var warnings: [ManifestError] = []
}

/// What `delete` did.
enum DeleteResult: Hashable, Sendable {
  /// The object is gone; kubectl's line for standard output.
  case deleted(String)
  /// There is no such object, or no such kind; kubectl's line for standard error, exit code 1.
  case failed(String)
}

extension ClusterStore {
  /// Declares the objects of `text`, all or, if anything is wrong with it, none.
  ///
  /// They win over the files' objects of the same names until these files change, see ``ClusterStore``. Objects without
  /// namespace are in `defaultNamespace`. `name` stands for the text's file in messages.
  mutating func apply(
    _ text: String, defaultNamespace: String, file name: String = "stdin", at seconds: Int64
  ) -> ApplyResult {
    let read = SourceText(text, file: name, namespace: defaultNamespace)
    let errors = checked(read.file).errors
    guard errors.isEmpty else { return ApplyResult(errors: errors) }
    let formerWarnings = Set(warnings)
    let formerObjects = live
    let objects = StoredObject.list(read)
    for object in objects where !isDeclared(object) { overlays[object.key] = .applied(object) }
    _ = settle(changed: [], at: seconds)
    var result = ApplyResult()
    result.warnings = read.file.warnings + warnings.filter { !formerWarnings.contains($0) }
    for object in read.file.objects {
      if let key = ObjectKey(object.resource), let now = live[key] {
        let outcome: ObjectChange.Outcome =
          formerObjects[key].map { now.isSame(as: $0) ? .unchanged : .configured } ?? .created
        result.changes.append(ObjectChange(now, outcome))
      } else if case .skipped(let kind, _, let name, _) = object.resource {
        let name = NamespacedName(namespace: defaultNamespace, name: name)
        result.changes.append(ObjectChange(type: kind.lowercased(), name: name, outcome: .skipped))
      }
    }
    return result
  }

  /// Takes out one object. One that a file has stays away until that file changes, see ``ClusterStore``.
  ///
  /// `kind` is what kubectl takes, see ``ResourceArgument``; entries of file-discovery files count as pods.
  mutating func delete(kind: String, name: String, namespace: String, at seconds: Int64) -> DeleteResult {
    guard let argument = ResourceArgument(kind) else { return .failed(Self.unknownKind(kind)) }
    return delete(find(argument, NamespacedName(namespace: namespace, name: name)), argument, name, at: seconds)
  }

  /// Takes out the object that a text declares as `resource`, as `kubectl delete -f` does; nil for skipped ones.
  mutating func delete(_ resource: ManifestResource, at seconds: Int64) -> DeleteResult? {
    guard let key = ObjectKey(resource) else { return nil }
    // Only pools say their group here; for others it does not matter which one they were written in.
    let kind = key.kind == "Endpoint" ? "pods" : key.kind
    guard let argument = ResourceArgument(key.group.isEmpty ? kind : "\(kind).\(key.group)") else { return nil }
    return delete(live[key], argument, key.name.name, at: seconds)
  }

  private mutating func delete(
    _ object: LiveObject?, _ argument: ResourceArgument, _ name: String, at seconds: Int64
  ) -> DeleteResult {
    guard let object else { return .failed(Self.notFound(argument, name)) }
    overlays[object.key] = owners[object.key] == nil ? nil : .deleted
    _ = settle(changed: [], at: seconds)
    let type = argument.type.qualifiedSingular(in: object.key.kind == argument.type.kind ? object.source.group : nil)
    return .deleted("\(type) \"\(name)\" deleted")
  }

  /// The live object that a command means: of pools of both groups, that of the newer.
  func find(_ argument: ResourceArgument, _ name: NamespacedName) -> LiveObject? {
    let kinds = [argument.type.kind] + (argument.type.kind == "Pod" ? ["Endpoint"] : [])
    for kind in kinds {
      for group in argument.type.groups {
        guard let object = live[ObjectKey(kind: kind, group: group, name: name)] else { continue }
        if argument.group == nil || argument.group == object.source.group { return object }
      }
    }
    return nil
  }

  /// kubectl's words for a kind that nobody knows.
  static func unknownKind(_ kind: String) -> String { "error: the server doesn't have a resource type \"\(kind)\"" }

  /// kubectl's words for an object that is not there.
  static func notFound(_ argument: ResourceArgument, _ name: String) -> String {
    "Error from server (NotFound): \(argument.type.qualifiedPlural(in: argument.group)) \"\(name)\" not found"
  }

  /// `object` says what the live object of its name says.
  private func isDeclared(_ object: StoredObject) -> Bool {
    guard let former = live[object.key] else { return false }
    return LiveObject(object, after: former).isSame(as: former)
  }
}
