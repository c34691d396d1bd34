internal import Glibc
public import Simulation

/// Reads the process series from `/proc/self` and the system, as Python's Prometheus client does.
///
/// A sample is kept for a tenth of a second, so that many scrapers cost as little as one.
public struct ProcessSampler: Sendable {
  private static let keptFor = Nanoseconds.milliseconds(100)
  private let startTime: Double?
  private var last: (sample: ProcessSample, at: Instant)?

  /// Reads what never changes; the rest is read by `sample(at:)`.
  public init() { startTime = Self.readStartTime() }

  /// The process as it is `now`, or was less than a tenth of a second before.
  public mutating func sample(at now: Instant) -> ProcessSample {
    if let last, now >= last.at, now - last.at < Self.keptFor { return last.sample }
    let sample = read()
    last = (sample, now)
    return sample
  }

  private func read() -> ProcessSample {
    var sample = ProcessSample()
    sample.startTime = startTime
    if let memory = ProcFile.read("/proc/self/statm") {
      let pages = memory.split(separator: UInt8(ascii: " ")).prefix(2).compactMap { ProcFile.number($0) }
      if pages.count == 2 {
        let pageSize = Double(sysconf(Int32(_SC_PAGESIZE)))
        sample.virtualMemoryBytes = pages[0] * pageSize
        sample.residentMemoryBytes = pages[1] * pageSize
      }
    }
    var usage = rusage()
    if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
      sample.cpuSeconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
    }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      sample.maxFileDescriptors = Double(limit.rlim_cur)
    }
    sample.openFileDescriptors = Self.countOpenFileDescriptors()
    return sample
  }

  /// Since Linux 6.2 the folder's size is the number of open files; before, its entries have to be counted.
  private static func countOpenFileDescriptors() -> Double? {
    var status = stat()
    if stat("/proc/self/fd", &status) == 0, status.st_size > 0 { return Double(status.st_size) }
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    var entries = 0
    while readdir(folder) != nil { entries += 1 }
    // Not this folder, its parent, or the descriptor that reads it.
    return Double(max(0, entries - 3))
  }

  /// Now, less the age: the time since boot less the process' start in clock ticks since boot (proc(5), field 22).
  private static func readStartTime() -> Double? {
    guard let line = ProcFile.read("/proc/self/stat"),
      // The second field is the program's name in parentheses, which may hold spaces and parentheses.
      let name = line.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = line[(name + 1)...].split(separator: UInt8(ascii: " "))
    guard fields.count > 19, let ticks = ProcFile.number(fields[19]) else { return nil }
    var boot = timespec()
    var wall = timespec()
    guard clock_gettime(CLOCK_BOOTTIME, &boot) == 0, clock_gettime(CLOCK_REALTIME, &wall) == 0 else { return nil }
    return seconds(wall) - (seconds(boot) - ticks / Double(sysconf(Int32(_SC_CLK_TCK))))
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
  private static func seconds(_ time: timespec) -> Double { Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 }
}
