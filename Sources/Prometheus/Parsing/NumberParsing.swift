/// Reads a sample's value: a decimal number, or `Inf` and `NaN` in any case; nil for anything else.
func parseNumber(_ bytes: Slice<UnsafeRawBufferPointer>) -> Double? {
  var digits = bytes
  let negative = digits.first == UInt8(ascii: "-")
  if negative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
  guard let first = digits.first else { return nil }
  guard isDigit(first) || first == UInt8(ascii: ".") else { return parseWord(digits, negative: negative) }
  if let short = parseShort(digits) { return negative ? -short : short }
  // Only bytes of a decimal number may reach the general reader, which also knows hexadecimal and more.
  let decimal = digits.allSatisfy { byte in
    isDigit(byte) || byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
      || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
  }
  guard decimal, let value = Double(String(decoding: digits, as: UTF8.self)) else { return nil }
  return negative ? -value : value
}

private func parseWord(_ bytes: Slice<UnsafeRawBufferPointer>, negative: Bool) -> Double? {
  switch String(decoding: bytes.prefix(9).map { $0 | 0x20 }, as: UTF8.self) {
  case "inf" where bytes.count == 3, "infinity" where bytes.count == 8: negative ? -.infinity : .infinity
  case "nan" where bytes.count == 3: .nan
  default: nil
  }
}

/// Up to 15 digits with at most one point: the digits and the power of ten are exact as doubles, so one division rounds
/// correctly. Nil asks for the general reader.
private func parseShort(_ bytes: Slice<UnsafeRawBufferPointer>) -> Double? {
  guard bytes.count <= 16 else { return nil }
  var mantissa: UInt64 = 0
  var digits = 0
  var scale = 1.0
  var seenPoint = false
  for byte in bytes {
    if isDigit(byte) {
      mantissa = mantissa * 10 + UInt64(byte & 0x0F)
      digits += 1
      if seenPoint { scale *= 10 }
    } else if byte == UInt8(ascii: "."), !seenPoint {
      seenPoint = true
    } else {
      return nil
    }
  }
  guard digits > 0, digits <= 15 else { return nil }
  return Double(mantissa) / scale
}
