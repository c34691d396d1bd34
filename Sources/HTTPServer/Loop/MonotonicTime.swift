internal import CLinux

/// Nanoseconds on the system's monotonic clock; the origin is arbitrary but the same for all threads.
public typealias MonotonicTime = Int64

/// The clocks a server reads.
public enum Clock {
  /// Now, on the clock that deadlines use.
  @inline(__always)
  public static var monotonic: MonotonicTime { understudy_monotonic_ns() }

  /// Nanoseconds since 1970.
  public static var realtime: Int64 { understudy_realtime_ns() }
}
