import ArgumentParser

/// An integer with an optional suffix (vLLM, `human_readable_int`): k, m, g, t count in thousands, K, M, G, T in 1024s.
///
/// Fractions are allowed with the decimal suffixes only: `25.6k` is 25600.
enum HumanInteger: Equatable, Sendable, ExpressibleByArgument {
  /// `auto` or -1: the program's default.
  case automatic
  case count(Int)

  init?(argument: String) {
    guard let value = Self.parse(argument) else { return nil }
    self = value
  }

  /// The count, or `fallback` for `auto`.
  func resolved(automatic fallback: Int) -> Int {
    switch self {
    case .automatic: fallback
    case .count(let count): count
    }
  }

  static func complaint(about text: String) -> String? {
    if parse(text) != nil { return nil }
    if let suffix = text.last, binaryUnits[suffix] != nil, text.contains(".") {
      return "fractions need a decimal suffix, got '\(text)' (did you mean '\(text.lowercased())'?)"
    }
    return "expected an integer such as 32768, 32k (32000) or 32K (32768), got '\(text)'"
  }

  private static let decimalUnits: [Character: Int] = [
    "k": 1_000, "m": 1_000_000, "g": 1_000_000_000, "t": 1_000_000_000_000,
  ]
  private static let binaryUnits: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]

  private static func parse(_ text: String) -> HumanInteger? {
    if text.lowercased() == "auto" || text == "-1" { return .automatic }
    if let plain = Int(text) { return .count(plain) }
    guard let suffix = text.last else { return nil }
    let number = text.dropLast()
    if let unit = binaryUnits[suffix] {
      guard let whole = digits(number) else { return nil }
      let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
      return overflow ? nil : .count(product)
    }
    guard let unit = decimalUnits[suffix] else { return nil }
    return DecimalText.scaled(number, by: Int64(unit)).map { .count(Int($0)) }
  }

  private static func digits(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    return Int(text)
  }
}
