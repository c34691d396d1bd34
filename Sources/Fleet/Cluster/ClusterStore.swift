internal import Kubernetes

/// All objects of a fleet: those of files, with what was applied and deleted since they were read.
///
/// A value that knows neither files nor clocks: texts and times are parameters. An object is known by kind, namespace and
/// name (pools by their group, too), and lives as long as something declares it:
///
/// - A file counts with its last text that had no errors.
/// - Of several files that declare one object, the one that had it first does; the others have an error, and are next
///   in line in the order of their names.
/// - What is applied wins over the object's file, and what is deleted stays deleted, until that file has another valid
///   text or is gone: then the file wins, also when it has the object no more.
///
/// An object that stays keeps its age, wherever it moves; one that goes and comes back is new.
struct ClusterStore: Sendable {
  /// A file as far as it is known.
  struct File: Sendable {
    /// Its last text without errors; nil when there was none.
    var validText: String?
    /// What it said last; equal to `validText` unless it is in error.
    var content: SourceFile.Content
    /// The objects of `validText`.
    var objects: [StoredObject] = []
    /// What is doubtful about `validText`.
    var warnings: [ManifestError] = []
    /// What is wrong with `content`.
    var errors: [ManifestError] = []
    /// What `validText` has that is of no use here.
    var skipped: [ManifestError] = []
  }

  /// What was done to an object since its file was read.
  enum Overlay: Sendable {
    case applied(StoredObject)
    case deleted
  }

  var files: [String: File] = [:]
  /// The file that declares an object, of those that do.
  private(set) var owners: [ObjectKey: String] = [:]
  var overlays: [ObjectKey: Overlay] = [:]
  private(set) var live: [ObjectKey: LiveObject] = [:]
  private var nextAppearance = 0
  private var duplicates: [ManifestError] = []
  private var doubts: [ManifestError] = []

  /// All live objects, the oldest first. Each has a creation time and an `appearance`, which orders those of equal time by
  /// when they were first seen, then by file name and position; entries of file-discovery files have neither.
  private(set) var objects: [ManifestObject] = []
  /// Changes whenever `objects` do, except for where they stand in their files.
  private(set) var version = 0

  /// What is wrong with an object that is well-formed, such as a container's flags; nil when nothing is.
  let check: @Sendable (ManifestObject) -> String?

  /// No objects.
  init(check: @escaping @Sendable (ManifestObject) -> String? = { _ in nil }) { self.check = check }

  /// `file` with an error for every object that `check` complains of.
  func checked(_ file: ManifestFile) -> ManifestFile {
    var file = file
    for object in file.objects {
      guard let reason = check(object) else { continue }
      file.errors.append(
        ManifestError(file: file.name, line: object.position.line, object: object.title, reason: reason))
    }
    return file
  }

  /// What is wrong now, by file name: texts with errors, unreadable files, and objects that another file has.
  var errors: [ManifestError] { files.sorted { $0.key < $1.key }.flatMap(\.value.errors) + duplicates }

  /// What has an effect other than its author may think: first file by file, then what shows only in the whole.
  var warnings: [ManifestError] { files.sorted { $0.key < $1.key }.flatMap(\.value.warnings) + doubts }

  /// Makes `objects` follow from files and overlays again. `changed` are the files whose objects count anew.
  mutating func settle(changed: Set<String>, at seconds: Int64) -> [ObjectChange] {
    if !changed.isEmpty {
      let claims = claims()
      let former = owners
      choose(among: claims)
      for key in overlays.keys {
        if former[key].map(changed.contains) ?? false || owners[key].map(changed.contains) ?? false {
          overlays[key] = nil
        }
      }
    }
    let changes = replace(by: sources(), at: seconds)
    guard !changes.isEmpty || !changed.isEmpty else { return [] }
    if !changes.isEmpty { version += 1 }
    objects = live.values.sorted { $0.birth.isBefore($1.birth) }.map(\.object)
    doubts = ClusterReview(objects).warnings
    return changes
  }

  /// Who declares what, by file name.
  private func claims() -> [ObjectKey: [StoredObject]] {
    var claims: [ObjectKey: [StoredObject]] = [:]
    for (_, file) in files.sorted(by: { $0.key < $1.key }) {
      for object in file.objects { claims[object.key, default: []].append(object) }
    }
    return claims
  }

  private mutating func choose(among claims: [ObjectKey: [StoredObject]]) {
    duplicates = []
    let former = owners
    owners = claims.compactMapValues { $0.first?.object.position.file }
    for (key, claimants) in claims where claimants.count > 1 {
      let owner = claimants.first { $0.object.position.file == former[key] } ?? claimants[0]
      owners[key] = owner.object.position.file
      for claimant in claimants where claimant.object.position.file != owner.object.position.file {
        let object = claimant.object
        duplicates.append(
          ManifestError(
            file: object.position.file, line: object.position.line, object: object.title, field: "metadata.name",
            reason: "the same object is at \(owner.object.position)"))
      }
    }
    duplicates.sort { ($0.file, $0.line) < ($1.file, $1.line) }
  }

  /// What each object is declared by.
  private func sources() -> [ObjectKey: StoredObject] {
    var sources: [ObjectKey: StoredObject] = [:]
    for (name, file) in files {
      for object in file.objects where owners[object.key] == name { sources[object.key] = object }
    }
    for (key, overlay) in overlays {
      switch overlay {
      case .applied(let object): sources[key] = object
      case .deleted: sources[key] = nil
      }
    }
    return sources
  }

  private mutating func replace(by sources: [ObjectKey: StoredObject], at seconds: Int64) -> [ObjectChange] {
    var changes: [ObjectChange] = []
    for (key, object) in live where sources[key] == nil {
      changes.append(ObjectChange(object, .deleted))
      live[key] = nil
    }
    var newcomers: [StoredObject] = []
    for source in sources.values {
      guard let former = live[source.key] else {
        newcomers.append(source)
        continue
      }
      let object = LiveObject(source, after: former)
      live[source.key] = object
      if !object.isSame(as: former) { changes.append(ObjectChange(object, .configured)) }
    }
    for source in newcomers.sorted(by: { $0.object.position < $1.object.position }) {
      let birth = LiveObject.Birth(created: source.givenCreation ?? seconds, appearance: nextAppearance)
      nextAppearance += 1
      let object = LiveObject(source, birth: birth)
      live[source.key] = object
      changes.append(ObjectChange(object, .created))
    }
    return changes.sorted()
  }
}
