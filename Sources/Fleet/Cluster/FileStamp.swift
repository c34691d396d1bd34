internal import Glibc

/// What tells whether a file is still the same one with the same content, without reading it.
struct FileStamp: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  private let size: Int64
  private let modified: Time
  /// Also moves when a tool sets the time of modification back, as `cp -p` and `rsync -t` do.
  private let changed: Time

  private struct Time: Hashable {
    let seconds: Int
    let nanoseconds: Int

    init(_ time: timespec) {
      seconds = time.tv_sec
      nanoseconds = time.tv_nsec
    }
  }

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modified = Time(status.st_mtim)
    changed = Time(status.st_ctim)
  }

  /// It changed so lately that another change may yet leave it as it is: file systems count time in steps.
  var isRecent: Bool { Int64(changed.seconds) >= Int64(time(nil)) - 1 }

  /// Which folder it is, whatever its content.
  var identity: [UInt64] { [device, inode] }
}

/// What is at a path.
enum PathStatus {
  /// A regular file, or a link to one.
  case file(FileStamp)
  /// A folder, or a link to one.
  case folder(FileStamp)
  /// A pipe, a socket or a device.
  case stream
  /// Nothing, or nothing that can be looked at.
  case none(SystemError)

  /// Looks at `path`; links are followed.
  init(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      self = .none(SystemError(code: errno))
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file(FileStamp(status))
    case S_IFDIR: self = .folder(FileStamp(status))
    default: self = .stream
    }
  }
}

/// What the system says it cannot do.
struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One of `errno`'s values.
  let code: Int32

  /// Nothing is there, as after a deletion.
  var isAbsence: Bool { code == ENOENT || code == ENOTDIR }

  /// The system's own words.
  var description: String { String(cString: strerror(code)) }
}
