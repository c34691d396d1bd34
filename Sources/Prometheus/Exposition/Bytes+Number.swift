extension [UInt8] {
  /// Appends a number the way Python's Prometheus client (and so vLLM) prints it: the shortest digits that read back
  /// as the same number, always with a fraction (`1.0`), from a million on with an exponent (`1.5e+06`), and `+Inf`,
  /// `-Inf`, `NaN`.
  ///
  /// From 10^10 on that client writes the exponent's leading zero all the same (`1e+010`); so does this.
  mutating func appendNumber(_ number: Double) {
    if let integer = Int64(exactly: number), integer.magnitude < 1 << 53 {
      appendIntegral(integer)
    } else if number.isNaN {
      append(contentsOf: "NaN".utf8)
    } else if number.isInfinite {
      append(contentsOf: (number < 0 ? "-Inf" : "+Inf").utf8)
    } else {
      appendFraction(number)
    }
  }

  private mutating func appendIntegral(_ integer: Int64) {
    if integer.magnitude < 10 {
      // Most numbers of a page are zero.
      if integer < 0 { append(UInt8(ascii: "-")) }
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: integer.magnitude))
      return append(contentsOf: ".0".utf8)
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var start = 20
      var rest = integer.magnitude
      repeat {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      if integer < 0 { append(UInt8(ascii: "-")) }
      guard integer > 0, 20 - start > 6 else {
        append(contentsOf: UnsafeBufferPointer(rebasing: digits[start..<20]))
        append(UInt8(ascii: "."))
        append(UInt8(ascii: "0"))
        return
      }
      var end = 20
      while end > start + 1, digits[end - 1] == UInt8(ascii: "0") { end -= 1 }
      append(digits[start])
      if end > start + 1 { append(UInt8(ascii: ".")) }
      append(contentsOf: UnsafeBufferPointer(rebasing: digits[start + 1..<end]))
      appendExponent(19 - start)
    }
  }

  private mutating func appendFraction(_ number: Double) {
    // Swift's description is the shortest that reads back, and its exponents look like Python's.
    var text = number.description
    text.withUTF8 { digits in
      let point = digits.firstIndex(of: UInt8(ascii: ".")) ?? 0
      guard number > 0, point > 6 else { return append(contentsOf: digits) }
      append(digits[0])
      append(UInt8(ascii: "."))
      append(contentsOf: digits[1..<point])
      append(contentsOf: digits[(point + 1)...])
      appendExponent(point - 1)
    }
  }

  private mutating func appendExponent(_ exponent: Int) {
    append(contentsOf: "e+0".utf8)
    if exponent >= 10 { append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: exponent / 10)) }
    append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: exponent % 10))
  }
}
