public import Glibc

/// What tells whether a file is still the same one with the same content, without reading it.
public struct FileStamp: Hashable, Sendable {
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

  /// The stamp that `status` tells.
  public init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modified = Time(status.st_mtim)
    changed = Time(status.st_ctim)
  }

  /// What is at `path`, links followed, as Kubernetes swaps them; nil when nothing can be looked at.
  public init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// It changed so lately that another change may yet leave it as it is: file systems count time in steps.
  public var isRecent: Bool { Int64(changed.seconds) >= Int64(time(nil)) - 1 }

  /// Which file or folder it is, whatever its content.
  public var identity: [UInt64] { [device, inode] }
}
