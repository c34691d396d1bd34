/// Durations in nanoseconds, all kept: quantiles are exact.
struct Durations {
  private var values: [Int64] = []

  /// Room for `capacity` of them, so that adding one costs the same every time.
  init(capacity: Int) { values.reserveCapacity(capacity) }

  /// How many there are.
  var count: Int { values.count }

  /// Adds one.
  @inline(__always)
  mutating func add(_ nanoseconds: Int64) { values.append(nanoseconds) }

  /// `{"p50":…,"p99":…,"p999":…,"max":…,"mean":…}`.
  var json: String {
    guard !values.isEmpty else { return "null" }
    let sorted = values.sorted()
    func quantile(_ share: Double) -> Int64 { sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] }
    let mean = values.reduce(0, +) / Int64(values.count)
    return """
      {"p50":\(quantile(0.5)),"p99":\(quantile(0.99)),"p999":\(quantile(0.999)),"max":\(sorted[sorted.count - 1]),\
      "mean":\(mean)}
      """
  }
}
