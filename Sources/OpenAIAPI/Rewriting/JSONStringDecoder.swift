/// Takes the text of a JSON string, byte by byte.
protocol DecodedText {
  mutating func append(_ byte: UInt8)
}

/// Undoes the escapes of one JSON string as its bytes come by (RFC 8259, 7).
struct JSONStringDecoder {
  private enum State {
    case plain
    case escape
    case unicode(digits: Int, value: UInt32)
  }

  private var state = State.plain
  /// The first half of a surrogate pair whose second half is due.
  private var high: UInt32?

  /// Stands for an escape that JSON does not have: a byte that is in no text.
  private static let invalid: UInt8 = 0xFF

  /// Takes a byte from between the quotes and appends the bytes of text that are certain now, at most seven.
  ///
  /// Half a surrogate pair alone becomes U+FFFD.
  @inline(__always)
  mutating func consume(_ byte: UInt8, into text: inout some DecodedText) {
    if case .plain = state, high == nil, byte != UInt8(ascii: "\\") { return text.append(byte) }
    consumeEscaped(byte, into: &text)
  }

  /// Ends the string.
  mutating func finish(into text: inout some DecodedText) {
    dropHigh(into: &text)
    state = .plain
  }

  private mutating func consumeEscaped(_ byte: UInt8, into text: inout some DecodedText) {
    switch state {
    case .plain:
      if byte == UInt8(ascii: "\\") {
        state = .escape
      } else {
        dropHigh(into: &text)
        text.append(byte)
      }
    case .escape:
      if byte == UInt8(ascii: "u") {
        state = .unicode(digits: 0, value: 0)
      } else {
        state = .plain
        dropHigh(into: &text)
        text.append(Self.character(escapedAs: byte))
      }
    case .unicode(let digits, let value):
      guard let digit = Self.hexadecimal(byte) else {
        state = .plain
        return text.append(Self.invalid)
      }
      let sum = value << 4 | digit
      if digits < 3 {
        state = .unicode(digits: digits + 1, value: sum)
      } else {
        state = .plain
        complete(sum, into: &text)
      }
    }
  }

  private mutating func complete(_ unit: UInt32, into text: inout some DecodedText) {
    if let first = high, (0xDC00...0xDFFF).contains(unit) {
      high = nil
      return Self.encode(0x10000 + (first - 0xD800) << 10 + (unit - 0xDC00), into: &text)
    }
    dropHigh(into: &text)
    switch unit {
    case 0xD800...0xDBFF: high = unit
    case 0xDC00...0xDFFF: Self.encode(0xFFFD, into: &text)
    default: Self.encode(unit, into: &text)
    }
  }

  private mutating func dropHigh(into text: inout some DecodedText) {
    guard high != nil else { return }
    high = nil
    Self.encode(0xFFFD, into: &text)
  }

  private static func encode(_ value: UInt32, into text: inout some DecodedText) {
    guard let scalar = Unicode.Scalar(value) else { return text.append(invalid) }
    for unit in scalar.utf8 { text.append(unit) }
  }

  private static func character(escapedAs byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: invalid
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte) - 0x30
    case 0x41...0x46: UInt32(byte) - 0x37
    case 0x61...0x66: UInt32(byte) - 0x57
    default: nil
    }
  }
}
