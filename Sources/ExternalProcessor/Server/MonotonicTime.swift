internal import Glibc

/// The clock of `RequestOutcome` and `DirectedRequest`.
enum MonotonicTime {
  /// Nanoseconds since some moment in the past (CLOCK_MONOTONIC).
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
