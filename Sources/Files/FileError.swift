internal import Glibc

/// Why something cannot be read.
public enum FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The system says no; one of `errno`'s values.
  case system(Int32)
  /// It has more than `limit` bytes.
  case tooLarge(limit: Int)

  /// What the last call of this thread failed for.
  public static var lastOne: FileError { .system(errno) }

  /// Nothing is there, as after a deletion.
  public var isAbsence: Bool { self == .system(ENOENT) || self == .system(ENOTDIR) }

  /// The system's own words, or the limit; for a message, behind the file's name.
  public var description: String {
    switch self {
    case .system(let code): String(cString: strerror(code))
    case .tooLarge(let limit): "larger than \(limit >> 20) MiB"
    }
  }
}
