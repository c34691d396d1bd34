/// The type of a family as its `# TYPE` line names it.
public enum MetricKind: String, Sendable, CaseIterable {
  case counter, gauge, histogram, summary, untyped
}

/// The name, type and help of all series that share a name.
public struct Family: Sendable, Hashable {
  /// As exposed: counters with their `_total`, as Python's Prometheus client writes it in HELP and TYPE.
  public let name: String
  /// As the TYPE line says.
  public let kind: MetricKind
  /// Unescaped.
  public let help: String
  /// The HELP and TYPE lines.
  let header: [UInt8]

  /// Names come from code: one that Prometheus would refuse is a programmer's mistake.
  public init(_ name: String, _ kind: MetricKind, help: String) {
    precondition(Family.isValidName(name), "metric names are letters, digits, underscores and colons")
    self.name = name
    self.kind = kind
    self.help = help
    var header = Array("# HELP \(name) ".utf8)
    header.appendEscaped(help, quotes: false)
    header.append(contentsOf: "\n# TYPE \(name) \(kind.rawValue)\n".utf8)
    self.header = header
  }

  static func isValidName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !isDigit(first) else { return false }
    return name.utf8.allSatisfy { isLabelByte($0) || $0 == UInt8(ascii: ":") }
  }
}
