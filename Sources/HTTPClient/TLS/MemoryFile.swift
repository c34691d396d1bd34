internal import CCurl
internal import Glibc

/// A file without a place in any folder: its content never reaches a disk, and is gone with the last reference.
///
/// curl's GnuTLS reads keys and certificates from files only.
public final class MemoryFile: Sendable {
  private let descriptor: Int32

  /// A file of `bytes`; nil when the system has no memory or descriptor left.
  public init?(_ bytes: [UInt8]) {
    // Unsafe: the bytes are copied during the call.
    descriptor = bytes.withUnsafeBytes { understudy_memory_file($0.baseAddress, $0.count) }
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  /// What opens the file from its beginning, within this process; valid as long as the file is.
  var path: String { "/proc/self/fd/\(descriptor)" }
}
