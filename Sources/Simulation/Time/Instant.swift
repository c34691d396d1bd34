/// A point in time, in nanoseconds since an origin that only the caller knows.
public struct Instant: Comparable, Hashable, Sendable {
  /// Nanoseconds since the origin; may be negative.
  public var nanoseconds: Int64

  /// The instant so many nanoseconds after the origin.
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// `a` is earlier than `b`.
  public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
  /// The instant `b` after `a`; the sum must fit in 64 bits.
  public static func + (a: Instant, b: Nanoseconds) -> Instant { Instant(nanoseconds: a.nanoseconds + b.count) }
  /// The span from `b` to `a`, negative if `a` is earlier; it must fit in 64 bits.
  public static func - (a: Instant, b: Instant) -> Nanoseconds { Nanoseconds(a.nanoseconds - b.nanoseconds) }
  /// Moves `a` later by `b`; the sum must fit in 64 bits.
  public static func += (a: inout Instant, b: Nanoseconds) { a.nanoseconds += b.count }
}
