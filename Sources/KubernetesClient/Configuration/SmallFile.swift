internal import Glibc

/// Whole files of tokens, certificates and configurations.
enum SmallFile {
  /// Nobody configures in more than this.
  static let limit = 8 << 20

  /// The content of the file at `path`.
  static func bytes(_ path: String) throws(ConfigurationProblem) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw unreadable(path, String(cString: strerror(errno)))
      }
      bytes.append(contentsOf: chunk[..<count])
      if bytes.count > limit { throw unreadable(path, "larger than \(limit >> 20) MiB") }
    }
  }

  /// The content as text without white space at its ends; an error when nothing is left.
  static func word(_ path: String) throws(ConfigurationProblem) -> String {
    let bytes = try bytes(path)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw unreadable(path, "not UTF-8") }
    let word = text.trimmed
    guard !word.isEmpty else { throw unreadable(path, "empty") }
    return word
  }

  /// There is a file at `path` that may be read.
  static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

  private static func unreadable(_ path: String, _ reason: String) -> ConfigurationProblem {
    ConfigurationProblem("cannot read \(path): \(reason)")
  }
}

/// Tells whether a file is still the one that was read; links are followed, as Kubernetes swaps them.
struct FileStamp: Hashable, Sendable {
  private let numbers: [Int]

  /// Nil when nothing can be looked at.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    numbers = [
      Int(truncatingIfNeeded: status.st_dev), Int(truncatingIfNeeded: status.st_ino), Int(status.st_size),
      status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
    ]
  }
}

extension String {
  /// Without white space at its ends.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return ""
    }
    return String(self[first...last])
  }
}
