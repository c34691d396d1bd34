internal import Files
internal import Glibc

/// What is at a path.
enum PathStatus {
  /// A regular file, or a link to one.
  case file(FileStamp)
  /// A folder, or a link to one.
  case folder(FileStamp)
  /// A pipe, a socket or a device.
  case stream
  /// Nothing, or nothing that can be looked at.
  case none(FileError)

  /// Looks at `path`; links are followed.
  init(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      self = .none(.lastOne)
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file(FileStamp(status))
    case S_IFDIR: self = .folder(FileStamp(status))
    default: self = .stream
    }
  }
}
