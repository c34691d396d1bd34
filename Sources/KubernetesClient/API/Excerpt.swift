/// The beginning of something that was not expected, for a message.
enum Excerpt {
  /// At most 120 printable characters in one line.
  static func text(_ bytes: some Collection<UInt8>) -> String {
    let text = String(decoding: bytes.prefix(400), as: UTF8.self)
    let line = text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
    let printable = line.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : Character($0) }
    return printable.count > 120 ? String(printable.prefix(120)) + "…" : String(printable)
  }
}
