internal import Prometheus

/// The process part of the page, with the names of Prometheus' client libraries.
struct ProcessPage: Sendable {
  private struct Entry: Sendable {
    let family: Family
    let series: SeriesPrefix
    let value: @Sendable (ProcessSample) -> Double?

    init(_ name: String, _ kind: MetricKind, _ help: String, _ value: @escaping @Sendable (ProcessSample) -> Double?) {
      family = Family(name, kind, help: help)
      series = SeriesPrefix(name)
      self.value = value
    }
  }

  private let entries = [
    Entry("process_virtual_memory_bytes", .gauge, "Virtual memory in bytes.") { $0.virtualMemoryBytes },
    Entry("process_resident_memory_bytes", .gauge, "Resident memory in bytes.") { $0.residentMemoryBytes },
    Entry("process_start_time_seconds", .gauge, "Start of the process as Unix time in seconds.") { $0.startTime },
    Entry("process_cpu_seconds_total", .counter, "User and system CPU time in seconds.") { $0.cpuSeconds },
    Entry("process_open_fds", .gauge, "Open file descriptors.") { $0.openFileDescriptors },
    Entry("process_max_fds", .gauge, "Limit of open file descriptors.") { $0.maxFileDescriptors },
  ]

  func write(_ sample: ProcessSample, to page: inout Exposition) {
    for entry in entries {
      guard let value = entry.value(sample) else { continue }
      page.begin(entry.family)
      page.sample(entry.series, value)
    }
  }
}
