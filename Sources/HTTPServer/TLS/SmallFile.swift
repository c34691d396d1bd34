internal import Glibc

/// Reads a file whole; for certificates and keys.
enum SmallFile {
  /// The content, or nil when it can't be read or is above 1 MiB.
  static func read(_ path: String) -> [UInt8]? {
    let fd = open(path, O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { return nil }
    defer { close(fd) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while content.count <= 1 << 20 {
      let count = Glibc.read(fd, &buffer, buffer.count)
      if count == 0 { return content }
      if count < 0 { return nil }
      content.append(contentsOf: buffer[0..<count])
    }
    return nil
  }
}
