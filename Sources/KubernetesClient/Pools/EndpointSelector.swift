/// Label selectors of the form that pools have: every label must have its value.
public enum EndpointSelector {
  /// The labels of `app=x,tier=y` (`==` is the same as `=`), as `--endpoint-selector` takes it.
  ///
  /// - Throws: In words, what is not of that form; selectors by sets and by inequality are not.
  public static func parse(_ text: String) throws(ConfigurationProblem) -> [String: String] {
    var labels: [String: String] = [:]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0).trimmed }
      guard sides.count == 2 else { throw problem(text, String(part)) }
      let value = sides[1].hasPrefix("=") ? String(sides[1].dropFirst()).trimmed : sides[1]
      guard isKey(sides[0]), isValue(value) else { throw problem(text, String(part)) }
      labels[sides[0]] = value
    }
    return labels
  }

  /// As a query has it: `app=x,tier=y`, sorted; empty for no labels, which select everything.
  static func query(_ labels: [String: String]) -> String {
    labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
  }

  private static func problem(_ text: String, _ part: String) -> ConfigurationProblem {
    ConfigurationProblem("'\(text)' is not an endpoint selector such as app=x,tier=y: '\(part.trimmed)'")
  }

  private static func isKey(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: "/") }
  }

  private static func isValue(_ text: String) -> Bool { text.utf8.count <= 63 && text.utf8.allSatisfy(isNameByte) }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
    default: false
    }
  }
}
