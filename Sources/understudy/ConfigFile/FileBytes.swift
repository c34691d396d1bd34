import Glibc

/// Whole small files, as bytes.
enum FileBytes {
  /// Nobody configures in more than this.
  static let limit = 16 << 20

  /// Why a file cannot be read.
  enum Failure: Error, Equatable {
    /// The system says no; `errno`'s value.
    case system(Int32)
    /// It has more than `limit` bytes.
    case tooLarge

    /// For a message, behind the file's name.
    var reason: String {
      switch self {
      case .system(let code): String(cString: strerror(code))
      case .tooLarge: "larger than \(FileBytes.limit >> 20) MB"
      }
    }
  }

  /// The content of the file at `path`.
  static func read(_ path: String) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno) }
    defer { close(descriptor) }
    return try read(descriptor)
  }

  /// All of standard input.
  static func readStandardInput() throws(Failure) -> [UInt8] { try read(STDIN_FILENO) }

  private static func read(_ descriptor: Int32) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw .system(errno)
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= limit else { throw .tooLarge }
    }
  }
}
