extension [UInt8] {
  /// Appends `text` with the escapes of the text format: backslash and line feed, and in label values the quote.
  mutating func appendEscaped(_ text: String, quotes: Bool) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): append(contentsOf: [byte, byte])
      case UInt8(ascii: "\n"): append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
      case UInt8(ascii: "\"") where quotes: append(contentsOf: [UInt8(ascii: "\\"), byte])
      default: append(byte)
      }
    }
  }

  /// Appends `name{labels} `, the constant start of a sample's line; the braces are left out without labels.
  mutating func appendSeries(_ name: String, _ labels: Labels) {
    append(contentsOf: name.utf8)
    if !labels.pairs.isEmpty {
      var separator = UInt8(ascii: "{")
      for pair in labels.pairs {
        append(separator)
        append(contentsOf: pair.name.utf8)
        append(contentsOf: [UInt8(ascii: "="), UInt8(ascii: "\"")])
        appendEscaped(pair.value, quotes: true)
        append(UInt8(ascii: "\""))
        separator = UInt8(ascii: ",")
      }
      append(UInt8(ascii: "}"))
    }
    append(UInt8(ascii: " "))
  }
}
