/// A count and a sum of observations, without quantiles: what Python's client calls a summary.
public struct Summary: Sendable, Hashable {
  /// How many values were observed.
  public internal(set) var count: UInt64 = 0
  /// Their sum.
  public internal(set) var sum: Double = 0

  /// A summary that has seen nothing.
  public init() {}

  /// Counts one value. NaN is left out, because it would stay in the sum for ever.
  public mutating func observe(_ value: Double) {
    guard !value.isNaN else { return }
    count &+= 1
    sum += value
  }

  /// Adds what another loop observed.
  public mutating func merge(_ other: Summary) {
    count &+= other.count
    sum += other.sum
  }
}
