internal import Glibc

/// Whole files as text.
enum FileContent {
  /// The most bytes of one file; YAML is not read beyond either.
  static let limit = 16 << 20

  /// What reading a file gave.
  enum Reading {
    /// All of it, and the stamp that it had before and after.
    case whole(SourceFile.Content, FileStamp)
    /// It changed meanwhile.
    case changing(SourceFile.Content)
    /// It cannot be opened.
    case closed(SystemError)
  }

  /// Reads the file at `path`.
  static func read(_ path: String) -> Reading {
    // A pipe that took the file's place would otherwise block.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return .closed(SystemError(code: errno)) }
    defer { close(descriptor) }
    let before = stamp(descriptor)
    let content = read(descriptor)
    guard let before, before == stamp(descriptor) else { return .changing(content) }
    return .whole(content, before)
  }

  /// What `descriptor` gives up to its end.
  static func read(_ descriptor: Int32) -> SourceFile.Content {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        return .unreadable(SystemError(code: errno).description)
      }
      bytes.append(contentsOf: chunk[..<count])
      if bytes.count > limit { return .unreadable("larger than \(limit >> 20) MiB") }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { return .unreadable("not UTF-8") }
    return .text(text)
  }

  private static func stamp(_ descriptor: Int32) -> FileStamp? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? FileStamp(status) : nil
  }
}
