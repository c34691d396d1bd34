/// A span of time in whole nanoseconds; negative spans are allowed in arithmetic.
///
/// Swift's own `Duration` counts attoseconds in 128 bits, which costs more per token than a token does.
public struct Nanoseconds: Comparable, Hashable, Sendable {
  /// The number of nanoseconds.
  public var count: Int64

  /// A span of `count` nanoseconds.
  public init(_ count: Int64) { self.count = count }

  /// No time at all.
  public static let zero = Nanoseconds(0)

  /// A span of `count` microseconds, at most 292 years.
  public static func microseconds(_ count: Int64) -> Nanoseconds { Nanoseconds(count * 1_000) }
  /// A span of `count` milliseconds, at most 292 years.
  public static func milliseconds(_ count: Int64) -> Nanoseconds { Nanoseconds(count * 1_000_000) }
  /// A span of `count` seconds, at most 292 years.
  public static func seconds(_ count: Int64) -> Nanoseconds { Nanoseconds(count * 1_000_000_000) }

  /// The span as seconds, for metrics.
  public var seconds: Double { Double(count) / 1e9 }

  /// `a` is shorter than `b`.
  public static func < (a: Nanoseconds, b: Nanoseconds) -> Bool { a.count < b.count }
  /// Both spans together; the sum must fit in 64 bits.
  public static func + (a: Nanoseconds, b: Nanoseconds) -> Nanoseconds { Nanoseconds(a.count + b.count) }
  /// `a` shortened by `b`; the difference must fit in 64 bits.
  public static func - (a: Nanoseconds, b: Nanoseconds) -> Nanoseconds { Nanoseconds(a.count - b.count) }
  /// Lengthens `a` by `b`; the sum must fit in 64 bits.
  public static func += (a: inout Nanoseconds, b: Nanoseconds) { a.count += b.count }
}
