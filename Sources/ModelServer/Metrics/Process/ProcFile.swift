internal import Glibc

/// Reading the short text files of `/proc`.
enum ProcFile {
  /// The first 4 KiB of a file; nil when it cannot be read.
  static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, size in
      count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      size = max(0, count)
    }
    return count > 0 ? bytes : nil
  }

  /// A field of decimal digits.
  static func number(_ field: ArraySlice<UInt8>) -> Double? { Double(String(decoding: field, as: UTF8.self)) }
}
