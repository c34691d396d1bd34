/// A value that goes up and down.
public struct Gauge: Sendable, Hashable {
  /// The current value.
  public var value: Double

  /// A gauge that shows `value`.
  @inlinable
  public init(_ value: Double = 0) { self.value = value }

  /// Adds `amount`, which may be negative.
  @inlinable
  public mutating func add(_ amount: Double) { value += amount }

  /// Adds another loop's share of the same quantity (for quantities that add up, such as requests in progress).
  @inlinable
  public mutating func merge(_ other: Gauge) { value += other.value }
}
