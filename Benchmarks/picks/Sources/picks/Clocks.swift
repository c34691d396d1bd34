internal import Glibc

/// The clocks that the measurement reads, in nanoseconds.
enum Clocks {
  /// Time that passes.
  @inline(__always)
  static var monotonic: Int64 { read(CLOCK_MONOTONIC) }

  /// CPU time of this thread: what others do on the machine does not count.
  static var cpu: Int64 { read(CLOCK_THREAD_CPUTIME_ID) }

  /// What two readings in a row find between them: a part of every time that is measured.
  static func cost(samples: Int = 200_000) -> Durations {
    var durations = Durations(capacity: samples)
    for _ in 0..<samples {
      let start = monotonic
      durations.add(monotonic - start)
    }
    return durations
  }

  @inline(__always)
  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
