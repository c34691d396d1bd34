/// `NAME=value`, as shells and `env` take it.
enum Assignment {
  /// Name and value; nil for other words.
  static func split(_ word: String) -> (name: String, value: String)? {
    guard let equals = word.firstIndex(of: "="), isName(word[..<equals]) else { return nil }
    return (String(word[..<equals]), String(word[word.index(after: equals)...]))
  }

  /// Letters, digits and underscores, with no digit first.
  static func isName(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, !isDigit(first) else { return false }
    return text.utf8.allSatisfy(isNameByte)
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
