internal import Files
internal import Glibc

/// Whole files as text.
enum FileContent {
  /// What reading a file gave.
  enum Reading {
    /// All of it, and the stamp that it had before and after.
    case whole(SourceFile.Content, FileStamp)
    /// It changed meanwhile.
    case changing(SourceFile.Content)
    /// It cannot be opened.
    case closed(FileError)
  }

  /// Reads the file at `path`.
  static func read(_ path: String) -> Reading {
    // A pipe that took the file's place would otherwise block.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return .closed(.lastOne) }
    defer { close(descriptor) }
    let before = stamp(descriptor)
    let content = read(descriptor)
    guard let before, before == stamp(descriptor) else { return .changing(content) }
    return .whole(content, before)
  }

  /// What `descriptor` gives up to its end.
  static func read(_ descriptor: Int32) -> SourceFile.Content {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try WholeFile.read(descriptor: descriptor)
    } catch {
      return .unreadable(error.description)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { return .unreadable("not UTF-8") }
    return .text(text)
  }

  private static func stamp(_ descriptor: Int32) -> FileStamp? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? FileStamp(status) : nil
  }
}
