internal import Files
internal import Glibc

/// The files that sources stand for at one moment, without their content.
struct SourceTree: Equatable, Sendable {
  /// What was found of each file, by path.
  private(set) var stamps: [String: FileStamp] = [:]
  /// Folders, and sources of their own, that cannot be looked at, with the reason; those that are not there are not among
  /// them.
  private(set) var failures: [String: String] = [:]
  /// Sources of their own that are not there.
  private(set) var absent: Set<String> = []

  private var isFull = false

  /// The most files of all sources together.
  private let limit: Int

  /// How deep folders are looked into.
  private static let depth = 64

  /// Looks at `paths`: files as they are, folders for the `.yaml`, `.yml` and `.json` files in them and in the folders
  /// below, where names that begin with a dot are left out, as editors' and ConfigMaps' own are. Files beyond the first
  /// `limit`, in the order of the paths, are left out.
  init(_ paths: [String], limit: Int = 10_000) {
    self.limit = limit
    for path in paths {
      switch PathStatus(path) {
      case .file(let stamp): add(path, stamp)
      case .folder(let stamp): search(path, above: [stamp.identity])
      case .stream: fail(path, "not a file or folder")
      case .none(let error):
        if error.isAbsence { absent.insert(path) } else { fail(path, error.description) }
      }
    }
  }

  /// Notes that `path` cannot be looked at.
  mutating func fail(_ path: String, _ reason: String) { failures[path] = reason }

  /// Takes the files of folders that cannot be looked at from `former`: they are most likely still there.
  mutating func keep(from former: SourceTree) {
    for path in failures.keys {
      let folder = path.hasSuffix("/") ? path : path + "/"
      for (file, stamp) in former.stamps where file == path || file.hasPrefix(folder) { stamps[file] = stamp }
    }
  }

  private mutating func add(_ path: String, _ stamp: FileStamp) {
    guard stamps.count < limit || stamps[path] != nil else {
      fail(path, "one of more than \(limit) files, ignored like those behind it")
      isFull = true
      return
    }
    stamps[path] = stamp
  }

  /// `above` are the folders on the way, so that links that lead back are not followed for ever.
  private mutating func search(_ folder: String, above: Set<[UInt64]>) {
    let names: [String]
    do throws(FileError) {
      names = try Self.names(in: folder)
    } catch {
      if !error.isAbsence { fail(folder, error.description) }
      return
    }
    for name in names where !isFull {
      let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      switch PathStatus(path) {
      case .file(let stamp) where Self.isManifest(name): add(path, stamp)
      case .folder(let stamp) where !above.contains(stamp.identity) && above.count < Self.depth:
        search(path, above: above.union([stamp.identity]))
      default: continue
      }
    }
  }

  private static func isManifest(_ name: String) -> Bool {
    [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
  }

  /// The names in a folder that may matter, in a fixed order: not hidden ones, and of files only manifests.
  private static func names(in folder: String) throws(FileError) -> [String] {
    guard let directory = opendir(folder) else { throw .lastOne }
    defer { closedir(directory) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(directory) else {
        if errno != 0 { throw .lastOne }
        return names.sorted()
      }
      // Unsafe: the system ends names with a zero, and the entry lives until the next call.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
          String(cString: $0)
        }
      }
      // File systems that do not say the type leave it to a closer look.
      let isOther = Int32(entry.pointee.d_type) == Int32(DT_REG) && !isManifest(name)
      if !name.hasPrefix("."), !isOther { names.append(name) }
    }
  }
}
