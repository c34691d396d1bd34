public import Files
internal import Glibc

/// A folder of a test's own, where the system keeps temporary files; gone with this value.
public final class TemporaryFolder: Sendable {
  /// Without a slash at its end.
  public let path: String

  /// An empty folder.
  public init() throws(FileError) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    // mkdtemp puts letters of its own in the place of six of these at the end.
    var template = Array("\(parent)/understudy-\(String(repeating: "X", count: 6))".utf8CString)
    guard mkdtemp(&template) != nil else { throw .lastOne }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    guard let list = opendir(path) else { return }
    while let entry = readdir(list) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      unlink("\(path)/\(name)")
    }
    closedir(list)
    rmdir(path)
  }

  /// The path of the file `name` in it.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, or replaces it by another one, as Kubernetes does.
  public func write(_ name: String, _ text: String) throws(FileError) {
    let new = file(".\(name).new")
    guard let stream = fopen(new, "w") else { throw .lastOne }
    fputs(text, stream)
    guard fclose(stream) == 0, rename(new, file(name)) == 0 else { throw .lastOne }
  }
}
