import Files
import Glibc

/// A manifest that `apply` or `delete` sends, as it is.
struct Manifest: Equatable, Sendable {
  /// As the command line names it; nil for standard input.
  let path: String?
  let content: [UInt8]

  /// What `-f` names: a file, - for standard input, or a folder's .json, .yaml and .yml files in order of their names.
  ///
  /// Throws kubectl's text for a path that is not there.
  static func read(_ path: String) throws(ClientFailure) -> [Manifest] {
    do {
      if path == "-" { return [Manifest(path: nil, content: try WholeFile.readStandardInput())] }
      guard isFolder(path) else { return [Manifest(path: path, content: try WholeFile.read(path))] }
    } catch {
      throw failure(path, error)
    }
    var manifests: [Manifest] = []
    for name in try names(in: path) {
      let file = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
      guard !isFolder(file) else { continue }
      do {
        manifests.append(Manifest(path: file, content: try WholeFile.read(file)))
      } catch {
        throw failure(file, error)
      }
    }
    guard !manifests.isEmpty else { throw ClientFailure("no .json, .yaml or .yml file in '\(path)'") }
    return manifests
  }

  private static func failure(_ path: String, _ error: FileError) -> ClientFailure {
    error == .system(ENOENT)
      ? ClientFailure("the path \"\(path)\" does not exist")
      : ClientFailure("cannot read '\(path)': \(error)")
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func names(in folder: String) throws(ClientFailure) -> [String] {
    guard let directory = opendir(folder) else { throw failure(folder, .system(errno)) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if [".json", ".yaml", ".yml"].contains(where: name.hasSuffix) { names.append(name) }
    }
    return names.sorted()
  }
}
