/// A span of time in whole nanoseconds; negative spans are allowed in arithmetic.
///
/// Swift's own `Duration` counts attoseconds in 128 bits, which costs more per token than a token does.
public struct Nanoseconds: Comparable, Hashable, Sendable {
  public var count: Int64

  public init(_ count: Int64) { self.count = count }

  public static let zero = Nanoseconds(0)

  public static func microseconds(_ count: Int64) -> Nanoseconds { Nanoseconds(count * 1_000) }
  public static func milliseconds(_ count: Int64) -> Nanoseconds { Nanoseconds(count * 1_000_000) }
  public static func seconds(_ count: Int64) -> Nanoseconds { Nanoseconds(count * 1_000_000_000) }

  /// The span as seconds, for metrics.
  public var seconds: Double { Double(count) / 1e9 }

  public static func < (a: Nanoseconds, b: Nanoseconds) -> Bool { a.count < b.count }
  public static func + (a: Nanoseconds, b: Nanoseconds) -> Nanoseconds { Nanoseconds(a.count + b.count) }
  public static func - (a: Nanoseconds, b: Nanoseconds) -> Nanoseconds { Nanoseconds(a.count - b.count) }
  public static func += (a: inout Nanoseconds, b: Nanoseconds) { a.count += b.count }
}
