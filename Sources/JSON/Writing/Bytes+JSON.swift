/// Writing JSON straight into a byte buffer.
extension [UInt8] {
  /// Appends `text` as it is: punctuation, keys and constants.
  @inline(__always)
  public mutating func appendRaw(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends `true` or `false`.
  public mutating func appendJSON(_ value: Bool) {
    if value { appendRaw("true") } else { appendRaw("false") }
  }

  /// Appends an integer in decimal.
  @inlinable
  public mutating func appendJSON(_ value: some FixedWidthInteger & SignedInteger) {
    if value < 0 { append(UInt8(ascii: "-")) }
    appendDecimal(UInt64(value.magnitude))
  }

  /// Appends an integer in decimal.
  @inlinable
  public mutating func appendJSON(_ value: some FixedWidthInteger & UnsignedInteger) {
    appendDecimal(UInt64(value))
  }

  /// Appends the digits of `value`.
  @usableFromInline
  mutating func appendDecimal(_ value: UInt64) {
    if value < 10 {
      append(UInt8(truncatingIfNeeded: value) &+ 0x30)
      return
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var rest = value
      var start = 20
      while rest > 0 {
        start -= 1
        digits[start] = UInt8(truncatingIfNeeded: rest % 10) &+ 0x30
        rest /= 10
      }
      append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
    }
  }

  /// Appends a number in the shortest form that reads back equal; `null` when it is not finite, which JSON cannot say.
  public mutating func appendJSON(_ value: Double) {
    guard value.isFinite else {
      appendRaw("null")
      return
    }
    append(contentsOf: value.description.utf8)
  }

  /// Appends a quoted string.
  public mutating func appendJSON(_ string: String) {
    append(UInt8(ascii: "\""))
    appendEscaped(string)
    append(UInt8(ascii: "\""))
  }

  /// Appends bytes as a quoted string; what is not UTF-8 becomes U+FFFD.
  public mutating func appendJSON(utf8: UnsafeRawBufferPointer) {
    append(UInt8(ascii: "\""))
    appendEscaped(utf8: utf8)
    append(UInt8(ascii: "\""))
  }

  /// Appends bytes as a quoted string; what is not UTF-8 becomes U+FFFD.
  public mutating func appendJSON(utf8: ArraySlice<UInt8>) {
    utf8.withUnsafeBytes { appendJSON(utf8: $0) }
  }
}
