/// A point in time, in nanoseconds since an origin that only the caller knows.
public struct Instant: Comparable, Hashable, Sendable {
  public var nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
  public static func + (a: Instant, b: Nanoseconds) -> Instant { Instant(nanoseconds: a.nanoseconds + b.count) }
  public static func - (a: Instant, b: Instant) -> Nanoseconds { Nanoseconds(a.nanoseconds - b.nanoseconds) }
  public static func += (a: inout Instant, b: Nanoseconds) { a.nanoseconds += b.count }
}
