import Glibc

/// Whole small files as text.
enum FileText {
  /// Nobody configures in more than this.
  static let limit = 16 << 20

  /// The file's text; fails with one line that names the path and the reason.
  static func read(_ path: String) throws(LaunchError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(path)
      }
      if count == 0 { break }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= limit else { throw LaunchError("\(path): larger than \(limit >> 20) MB") }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw LaunchError("\(path): not UTF-8") }
    return text
  }

  private static func failure(_ path: String) -> LaunchError {
    LaunchError("--config: cannot read '\(path)': \(String(cString: strerror(errno)))")
  }
}
