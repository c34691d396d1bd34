import Files
import Glibc

/// The server of this program that runs beside this process, as in a container.
enum NeighbouringServer {
  /// Where it says whether it is healthy; nil when there is none. Of several the one that was started first counts.
  static func target() throws(LaunchError) -> HealthTarget? {
    guard let program = link("/proc/self/exe") else { return nil }
    let own = getpid()
    for process in processes() where process != own && link("/proc/\(process)/exe") == program {
      guard let bytes = try? WholeFile.read("/proc/\(process)/cmdline") else { continue }
      let words = words(ofCommandLine: bytes)
      let target = try HealthTarget(
        startedWith: Array(words.dropFirst()), environment: ProcessEnvironment.variables(), readFile: FileText.read)
      if let target { return target }
    }
    return nil
  }

  /// The words that proc(5) shows in `/proc/pid/cmdline`: each ends with a zero.
  static func words(ofCommandLine bytes: [UInt8]) -> [String] {
    var words = bytes.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    if words.last == "" { words.removeLast() }
    return words
  }

  /// All processes that can be seen, in the order of their numbers.
  private static func processes() -> [pid_t] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var found: [pid_t] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if let process = pid_t(name) { found.append(process) }
    }
    return found.sorted()
  }

  /// What a symbolic link points to; nil when that cannot be seen.
  private static func link(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    return count < 0 ? nil : String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
