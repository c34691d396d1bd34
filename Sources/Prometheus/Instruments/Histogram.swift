/// Observations counted into fixed buckets.
///
/// Buckets are kept apart and become cumulative only when they are written, so that observing touches one of them.
public struct Histogram: Sendable, Hashable {
  /// The upper bounds; the same for the histogram's whole life.
  public let bounds: HistogramBounds
  @usableFromInline var counts: [UInt64]
  @usableFromInline var total: Double

  /// A histogram that has seen nothing.
  public init(_ bounds: HistogramBounds) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.values.count + 1)
    total = 0
  }

  /// Observations per bucket, not cumulative; the last one is `+Inf`'s.
  @inlinable public var buckets: [UInt64] { counts }

  /// The sum of all observed values.
  @inlinable public var sum: Double { total }

  /// How many values were observed.
  public var count: UInt64 { counts.reduce(0, &+) }

  /// Counts `value` as `count` observations. NaN is left out, because it would stay in the sum for ever.
  @inlinable
  public mutating func observe(_ value: Double, count: UInt64 = 1) {
    guard !value.isNaN else { return }
    counts[bounds.bucket(of: value)] &+= count
    total += value * Double(count)
  }

  /// Adds what another loop observed; both must have the same bounds.
  public mutating func merge(_ other: Histogram) {
    precondition(bounds == other.bounds, "histograms of one series have the same bounds")
    for index in counts.indices { counts[index] &+= other.counts[index] }
    total += other.total
  }
}
