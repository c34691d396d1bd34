/// Durations as Go writes them: `1h2m3.5s`, `200ms`.
enum GoDuration {
  private static let units: [(name: String, nanoseconds: Double)] = [
    ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3_600e9),
  ]

  /// The duration, or nil when `text` isn't one or is longer than 292 years.
  static func nanoseconds(_ text: String) -> Int64? {
    if text == "0" { return 0 }
    var rest = text[...]
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest.removeFirst() }
    guard !rest.isEmpty else { return nil }
    var total = 0.0
    while !rest.isEmpty {
      let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
      rest = rest.dropFirst(number.count)
      let name = rest.prefix { $0 != "." && !("0"..."9").contains($0) }
      rest = rest.dropFirst(name.count)
      guard let value = Double(number), let unit = units.first(where: { $0.name == name }) else { return nil }
      total += value * unit.nanoseconds
    }
    guard total < 9.2e18 else { return nil }
    return Int64((isNegative ? -total : total).rounded())
  }
}
