extension [UInt8] {
  /// Appends `number` as Go's Prometheus client prints it: the shortest digits that read back as the same number,
  /// whole numbers without a fraction, an exponent below 10^-4 and from 10^6 on (`1.048576e+06`, `1e-05`), and `+Inf`,
  /// `-Inf`, `NaN` (strconv's format `g`, as prometheus/common's text writer calls it).
  ///
  /// The Prometheus room's own printing is that of Python's client, which vLLM uses.
  mutating func appendGoNumber(_ number: Double) {
    if let integer = Int(exactly: number), integer.magnitude < 1_000_000 {
      appendDecimal(integer)
    } else if number.isNaN {
      append(contentsOf: "NaN".utf8)
    } else if number.isInfinite {
      append(contentsOf: (number < 0 ? "-Inf" : "+Inf").utf8)
    } else {
      if number < 0 { append(UInt8(ascii: "-")) }
      appendDigits(DecimalDigits(number.magnitude))
    }
  }

  private mutating func appendDecimal(_ integer: Int) {
    if integer.magnitude < 10 {
      // Most numbers of a page are small.
      if integer < 0 { append(UInt8(ascii: "-")) }
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: integer.magnitude))
    } else {
      append(contentsOf: String(integer).utf8)
    }
  }

  private mutating func appendDigits(_ decimal: DecimalDigits) {
    let digits = decimal.digits
    let exponent = decimal.exponent
    if exponent < -4 || exponent >= 6 {
      append(digits[0])
      if digits.count > 1 {
        append(UInt8(ascii: "."))
        append(contentsOf: digits[1...])
      }
      append(contentsOf: exponent < 0 ? "e-".utf8 : "e+".utf8)
      if exponent.magnitude < 10 { append(UInt8(ascii: "0")) }
      append(contentsOf: String(exponent.magnitude).utf8)
    } else if exponent < 0 {
      append(contentsOf: "0.".utf8)
      append(contentsOf: repeatElement(UInt8(ascii: "0"), count: -exponent - 1))
      append(contentsOf: digits)
    } else {
      // The point comes after digit number `exponent`; whole numbers end in zeros that the digits do not have.
      for position in 0..<Swift.max(digits.count, exponent + 1) {
        if position == exponent + 1 { append(UInt8(ascii: ".")) }
        append(position < digits.count ? digits[position] : UInt8(ascii: "0"))
      }
    }
  }
}

/// The shortest decimal digits of a positive number: its value is `d.ddd × 10^exponent`.
private struct DecimalDigits {
  /// ASCII digits, the first not zero, no zeros at the end; `0` for zero.
  private(set) var digits: [UInt8] = []
  private(set) var exponent = 0

  /// Takes Swift's description apart, which has the shortest digits: `12.5`, `0.001`, `1e-05`, `1.5e+300`.
  init(_ number: Double) {
    var pointPosition: Int?
    var leadingZeros = 0
    var text = Array(number.description.utf8)[...]
    if let mark = text.firstIndex(of: UInt8(ascii: "e")) {
      exponent = Int(String(decoding: text[(mark + 1)...], as: UTF8.self)) ?? 0
      text = text[..<mark]
    }
    for byte in text {
      if byte == UInt8(ascii: ".") {
        pointPosition = digits.count + leadingZeros
      } else if byte == UInt8(ascii: "0"), digits.isEmpty {
        leadingZeros += 1
      } else {
        digits.append(byte)
      }
    }
    exponent += (pointPosition ?? digits.count + leadingZeros) - leadingZeros - 1
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    if digits.isEmpty {
      digits = [UInt8(ascii: "0")]
      exponent = 0
    }
  }
}
