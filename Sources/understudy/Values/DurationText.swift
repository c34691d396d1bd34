import ArgumentParser
import Simulation

/// Durations in Go's syntax (`250us`, `1.5s`, `1m30s`) or as a plain number of some unit.
///
/// All arithmetic is on integers; digits below a nanosecond are cut off.
enum DurationText {
  /// The span that `text` names; nil when it is malformed or beyond 64 bits of nanoseconds.
  ///
  /// - Parameter plain: the unit of a number without one.
  static func parse(_ text: String, plain: Nanoseconds) -> Nanoseconds? {
    var rest = Substring(text)
    let negative = rest.first == "-"
    if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
    guard !rest.isEmpty else { return nil }
    var total: Int64 = 0
    var isFirst = true
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(number.count)
      let name = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
      rest = rest.dropFirst(name.count)
      let unit: Int64
      if name.isEmpty, isFirst, rest.isEmpty {
        unit = plain.count
      } else if let known = units[String(name)] {
        unit = known
      } else {
        return nil
      }
      guard let span = DecimalText.scaled(number, by: unit) else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(span)
      guard !overflow else { return nil }
      total = sum
      isFirst = false
    }
    return Nanoseconds(negative ? -total : total)
  }

  /// The shortest single-unit form that is exact: `0s`, `250us`, `30ms`, `1500ms`, `90s`.
  static func render(_ span: Nanoseconds) -> String {
    let count = span.count
    if count % 1_000_000_000 == 0 { return "\(count / 1_000_000_000)s" }
    if count % 1_000_000 == 0 { return "\(count / 1_000_000)ms" }
    if count % 1_000 == 0 { return "\(count / 1_000)us" }
    return "\(count)ns"
  }

  private static let units: [String: Int64] = [
    "ns": 1, "us": 1_000, "\u{B5}s": 1_000, "\u{3BC}s": 1_000, "ms": 1_000_000, "s": 1_000_000_000,
    "m": 60_000_000_000, "h": 3_600_000_000_000,
  ]
}
