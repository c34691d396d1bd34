/// Writes one line of JSON in ASCII, for a response header. This room imports nothing, so it has a writer of its own.
struct JSONLine {
  /// What has been written.
  private(set) var bytes: [UInt8] = []
  /// The next key or element needs a comma before it.
  private var needsComma = false

  /// Writes an object whose fields `body` writes.
  mutating func object(_ body: (inout JSONLine) -> Void) {
    open("{")
    body(&self)
    close("}")
  }

  /// Writes a field's name.
  mutating func key(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a field; nil is null.
  mutating func field(_ name: String, _ value: String?) {
    key(name)
    guard let value else { return literal("null") }
    string(value)
  }

  /// Writes a field.
  mutating func field(_ name: String, _ value: Int) {
    key(name)
    literal(value.description)
  }

  /// Writes a field with as many digits as tell the number apart; infinities and not-a-number are null.
  mutating func field(_ name: String, _ value: Double) {
    key(name)
    guard value.isFinite else { return literal("null") }
    let text = value.description
    literal(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
  }

  /// Writes an array of strings.
  mutating func field(_ name: String, _ values: [String]) {
    key(name)
    open("[")
    for value in values { string(value) }
    close("]")
  }

  /// Writes an array of objects, the fields of each written by `body`.
  mutating func field<Element>(_ name: String, each values: [Element], _ body: (inout JSONLine, Element) -> Void) {
    key(name)
    open("[")
    for value in values { object { body(&$0, value) } }
    close("]")
  }

  private mutating func open(_ bracket: Unicode.Scalar) {
    separate()
    bytes.append(UInt8(ascii: bracket))
    needsComma = false
  }

  private mutating func close(_ bracket: Unicode.Scalar) {
    bytes.append(UInt8(ascii: bracket))
    needsComma = true
  }

  private mutating func literal(_ text: String) {
    separate()
    bytes += text.utf8
  }

  private mutating func string(_ text: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    for unit in text.utf16 {
      switch unit {
      case 0x22, 0x5C: bytes += [UInt8(ascii: "\\"), UInt8(unit)]
      case 0x20..<0x7F: bytes.append(UInt8(unit))
      default:
        bytes += "\\u".utf8
        for shift in [12, 8, 4, 0] { bytes.append(Self.digits[Int(unit >> UInt16(shift)) & 15]) }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private static let digits = Array("0123456789abcdef".utf8)
}
