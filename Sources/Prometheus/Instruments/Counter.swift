/// A count that only grows: events, tokens, bytes.
///
/// A plain value without a lock: each event loop owns its own, and a scrape adds them up with `merge`.
public struct Counter: Sendable, Hashable {
  @usableFromInline var total: UInt64

  /// A counter that starts at `value`.
  @inlinable
  public init(_ value: UInt64 = 0) { total = value }

  /// The count so far.
  @inlinable public var value: UInt64 { total }

  /// Adds `amount`; a count beyond 64 bits wraps.
  @inlinable
  public mutating func increment(by amount: UInt64 = 1) { total &+= amount }

  /// Adds what another loop counted.
  @inlinable
  public mutating func merge(_ other: Counter) { total &+= other.total }
}
