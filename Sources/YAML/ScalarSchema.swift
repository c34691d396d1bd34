/// What an unquoted scalar means: as Kubernetes reads manifests (sigs.k8s.io/yaml).
///
/// That is the YAML 1.2 core schema with what Kubernetes keeps of YAML 1.1: `yes`, `no`, `on`, `off`, `y` and `n` (also
/// capitalized or in capitals) are booleans, integers with a leading 0 are octal, `0b` is binary, and digits may have
/// underscores between them. Dates are strings.
enum ScalarSchema {
  static func value(of text: String) -> YAMLNode.Value {
    guard let first = text.utf8.first else { return .null }
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      return number(text) ?? .string(text)
    default:
      return words[text] ?? .string(text)
    }
  }

  private static let words: [String: YAMLNode.Value] = {
    var words: [String: YAMLNode.Value] = ["~": .null]
    for (word, value) in [
      ("null", YAMLNode.Value.null), ("true", .bool(true)), ("false", .bool(false)), ("yes", .bool(true)),
      ("no", .bool(false)), ("on", .bool(true)), ("off", .bool(false)), ("y", .bool(true)), ("n", .bool(false)),
    ] {
      words[word] = value
      words[word.prefix(1).uppercased() + word.dropFirst()] = value
      words[word.uppercased()] = value
    }
    return words
  }()

  private static func number(_ text: String) -> YAMLNode.Value? {
    let digits = text.contains("_") ? text.filter { $0 != "_" } : text
    if let integer = integer(digits) { return .int(integer) }
    if isDecimal(digits.utf8), let double = Double(digits) { return .double(double) }
    return switch digits {
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": .double(.infinity)
    case "-.inf", "-.Inf", "-.INF": .double(-.infinity)
    case ".nan", ".NaN", ".NAN": .double(.nan)
    default: nil
    }
  }

  /// nil also for what does not fit.
  private static func integer(_ text: String) -> Int? {
    var digits = text[...]
    var sign = ""
    if let first = digits.first, first == "-" || first == "+" {
      sign = String(first)
      digits.removeFirst()
    }
    // Int's own initializer would take a second sign.
    guard let first = digits.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return nil }
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
      let rest = digits.dropFirst(2)
      guard rest.utf8.first != UInt8(ascii: "-"), rest.utf8.first != UInt8(ascii: "+") else { return nil }
      return Int(sign + rest, radix: radix)
    }
    return Int(sign + digits, radix: digits.utf8.count > 1 && first == UInt8(ascii: "0") ? 8 : 10)
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
  private static func isDecimal(_ text: String.UTF8View) -> Bool {
    var rest = text[...]
    func isSign(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") }
    func takeDigits() -> Int {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
      rest = rest.dropFirst(digits)
      return digits
    }
    if isSign(rest.first) { rest = rest.dropFirst() }
    var mantissa = takeDigits()
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      mantissa += takeDigits()
    }
    guard mantissa > 0 else { return false }
    if let byte = rest.first, byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if isSign(rest.first) { rest = rest.dropFirst() }
      guard takeDigits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
