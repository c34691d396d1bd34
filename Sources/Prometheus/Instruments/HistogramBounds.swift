/// The upper bounds of a histogram's buckets, without the last one, which is always `+Inf`.
public struct HistogramBounds: Sendable, Hashable {
  /// Strictly ascending and finite.
  public let values: [Double]

  /// Bounds from code or configuration: a list that is not strictly ascending and finite is a programmer's mistake.
  public init(_ values: [Double]) {
    precondition(values.allSatisfy(\.isFinite), "bounds are finite")
    precondition(zip(values, values.dropFirst()).allSatisfy(<), "bounds ascend strictly")
    self.values = values
  }

  /// The series 1, 2, 5, 10, 20, 50 … up to and including `maximum` (vLLM's buckets for token counts).
  public static func oneTwoFive(upTo maximum: Int) -> HistogramBounds {
    var values: [Double] = []
    var decade = 1
    while true {
      for mantissa in [1, 2, 5] {
        let (value, overflow) = decade.multipliedReportingOverflow(by: mantissa)
        guard !overflow, value <= maximum else { return HistogramBounds(values) }
        values.append(Double(value))
      }
      let (next, overflow) = decade.multipliedReportingOverflow(by: 10)
      guard !overflow else { return HistogramBounds(values) }
      decade = next
    }
  }

  /// The bucket that `value` falls into: the first whose bound is not below it, else `values.count`.
  @inlinable
  public func bucket(of value: Double) -> Int {
    // Two dozen bounds at most, and most observations fall into the first ones: a straight scan wins over a search.
    values.withUnsafeBufferPointer { bounds in
      var index = 0
      while index < bounds.count, !(value <= bounds[index]) { index &+= 1 }
      return index
    }
  }
}

extension HistogramBounds: ExpressibleByArrayLiteral {
  /// See `init(_:)`.
  public init(arrayLiteral elements: Double...) { self.init(elements) }
}
