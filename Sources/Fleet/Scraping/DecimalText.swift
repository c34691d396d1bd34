/// Numbers as metrics pages have them.
enum DecimalText {
  /// Powers of ten that a double has exactly.
  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]
  /// Longer texts are no numbers.
  private static let maxBytes = 128

  /// The nearest double; also `NaN`, `+Inf` and `-Inf`. Nil when the text is none of these.
  static func number(_ text: Span<UInt8>, _ range: Range<Int>) -> Double? { exact(text, range) ?? any(text, range) }

  /// A whole number; nil when it is none, or too large.
  static func integer(_ text: Span<UInt8>, _ range: Range<Int>) -> Int64? {
    guard !range.isEmpty, range.count <= maxBytes else { return nil }
    let isNegative = text[range.lowerBound] == UInt8(ascii: "-")
    var value: Int64 = 0
    let digits = range.dropFirst(isNegative ? 1 : 0)
    guard !digits.isEmpty else { return nil }
    for place in digits {
      guard let digit = text[place].digit else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int64(digit))
      if overflow || carry { return nil }
      value = sum
    }
    return isNegative ? -value : value
  }

  /// Numbers whose digits fit a double and whose exponent is small are one exact operation away from it.
  private static func exact(_ text: Span<UInt8>, _ range: Range<Int>) -> Double? {
    var digits: UInt64 = 0
    var count = 0
    var exponent = 0
    var hasPoint = false
    var place = range.lowerBound
    let isNegative = place < range.upperBound && text[place] == UInt8(ascii: "-")
    if isNegative { place += 1 }
    scan: while place < range.upperBound {
      switch text[place] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits = digits * 10 + UInt64(text[place] - UInt8(ascii: "0"))
        count += 1
        if hasPoint { exponent -= 1 }
        if count > 18 { return nil }
      case UInt8(ascii: ".") where !hasPoint: hasPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        var start = place + 1
        if start < range.upperBound, text[start] == UInt8(ascii: "+") { start += 1 }
        guard let given = integer(text, start..<range.upperBound), abs(given) < 1_000 else { return nil }
        exponent += Int(given)
        break scan
      default: return nil
      }
      place += 1
    }
    guard count > 0, digits <= 1 << 53, abs(exponent) < powers.count else { return nil }
    let magnitude = exponent < 0 ? Double(digits) / powers[-exponent] : Double(digits) * powers[exponent]
    return isNegative ? -magnitude : magnitude
  }

  private static func any(_ text: Span<UInt8>, _ range: Range<Int>) -> Double? {
    guard !range.isEmpty, range.count <= maxBytes else { return nil }
    // Unsafe: the pointer is used only inside the closure, where the span keeps it valid.
    return Double(text.extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
  }
}

extension UInt8 {
  fileprivate var digit: UInt8? {
    self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") ? self - UInt8(ascii: "0") : nil
  }
}
