/// The objects of a cluster and their history, as an API server keeps them.
struct ClusterModel: Sendable {
  /// A path such as `/api/v1/namespaces/default/pods`, and a name.
  struct Key: Hashable, Comparable, Sendable {
    let collection: String
    let name: String

    static func < (a: Key, b: Key) -> Bool { (a.collection, a.name) < (b.collection, b.name) }
  }

  struct Object: Hashable, Sendable {
    var version: Int
    var labels: [String: String] = [:]
    /// Everything of the object but its metadata: `"spec":{…},"status":{…}`.
    var content: String
    /// More members of the metadata: `,"deletionTimestamp":"…"`.
    var extra = ""
  }

  struct Change: Sendable {
    let version: Int
    let key: Key
    /// nil: it was created.
    let old: Object?
    /// nil: it was deleted.
    let new: Object?
  }

  /// Labels, or one name.
  struct Filter: Hashable, Sendable {
    var labels: [String: String] = [:]
    var name: String?

    func takes(_ key: Key, _ object: Object) -> Bool {
      (name == nil || name == key.name) && labels.allSatisfy { object.labels[$0.key] == $0.value }
    }
  }

  private(set) var version = 100
  private(set) var objects: [Key: Object] = [:]
  private(set) var history: [Change] = []
  /// Everything before this is forgotten.
  private(set) var compacted = 100
  /// Pages of a list are all of the state at the first one's version.
  private var snapshots: [Int: [Key: Object]] = [:]

  mutating func put(
    _ collection: String, _ name: String, labels: [String: String] = [:], _ content: String, extra: String = ""
  ) {
    let key = Key(collection: collection, name: name)
    version += 1
    let new = Object(version: version, labels: labels, content: content, extra: extra)
    history.append(Change(version: version, key: key, old: objects[key], new: new))
    objects[key] = new
  }

  mutating func delete(_ collection: String, _ name: String) {
    let key = Key(collection: collection, name: name)
    guard let old = objects.removeValue(forKey: key) else { return }
    version += 1
    history.append(Change(version: version, key: key, old: old, new: nil))
  }

  /// Forgets history, and with it watches and pages that began before.
  mutating func compact() {
    compacted = version
    history = []
    snapshots = [:]
  }

  /// Nobody has changed anything, but the version goes on: something happened elsewhere.
  mutating func pass() { version += 1 }

  func select(_ collection: String, _ filter: Filter) -> [Key: Object] {
    objects.filter { $0.key.collection == collection && filter.takes($0.key, $0.value) }
  }

  // MARK: - Requests

  struct Listed {
    var items: [(key: Key, object: Object)]
    var version: Int
    var next: String?
  }

  /// A page; nil when the place to go on from is forgotten.
  mutating func list(_ collection: String, _ filter: Filter, limit: Int?, next: String?) -> Listed? {
    var from = version
    var after = ""
    if let next {
      let parts = next.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2, let number = Int(parts[0]), snapshots[number] != nil else { return nil }
      (from, after) = (number, parts[1])
    }
    if limit != nil { snapshots[from] = snapshots[from] ?? objects }
    let all = (snapshots[from] ?? objects).filter {
      $0.key.collection == collection && $0.key.name > after && filter.takes($0.key, $0.value)
    }.sorted { $0.key < $1.key }
    guard let limit, all.count > limit else { return Listed(items: all.map { ($0, $1) }, version: from) }
    return Listed(
      items: all[..<limit].map { ($0, $1) }, version: from, next: "\(from):\(all[limit - 1].key.name)")
  }

  enum EventType: String, Sendable { case added = "ADDED", modified = "MODIFIED", deleted = "DELETED" }

  /// What a watch with that filter tells of a change; objects that leave the selection are deleted to it.
  static func event(_ change: Change, _ collection: String, _ filter: Filter) -> (EventType, Key, Object)? {
    guard change.key.collection == collection else { return nil }
    let old = change.old.flatMap { filter.takes(change.key, $0) ? $0 : nil }
    let new = change.new.flatMap { filter.takes(change.key, $0) ? $0 : nil }
    switch (old, new) {
    case (nil, nil): return nil
    case (nil, let new?): return (.added, change.key, new)
    case (_?, let new?): return (.modified, change.key, new)
    case (var old?, nil):
      old.version = change.version
      return (.deleted, change.key, old)
    }
  }

  /// The changes after `version`; nil when some of them are forgotten.
  func changes(after version: Int) -> [Change]? {
    version < compacted ? nil : history.filter { $0.version > version }
  }
}
