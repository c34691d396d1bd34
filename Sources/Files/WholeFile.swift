internal import Glibc

/// Reads files and pipes to their end.
public enum WholeFile {
  /// What configuration files may have at most, in bytes.
  public static let defaultLimit = 16 << 20

  /// The content of the file at `path`; links are followed, and a pipe is read to its end, as
  /// of a shell's `<(…)`.
  ///
  /// - Parameter limit: the most bytes it may have.
  public static func read(_ path: String, limit: Int = defaultLimit) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .lastOne }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, limit: limit)
  }

  /// All of standard input.
  public static func readStandardInput() throws(FileError) -> [UInt8] { try read(descriptor: STDIN_FILENO) }

  /// What `descriptor` gives up to its end.
  public static func read(descriptor: Int32, limit: Int = defaultLimit) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw .lastOne
      }
      bytes.append(contentsOf: chunk[..<count])
      if bytes.count > limit { throw .tooLarge(limit: limit) }
    }
  }
}
