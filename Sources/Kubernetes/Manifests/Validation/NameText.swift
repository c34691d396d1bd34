/// The names of objects, namespaces and kinds, and the values of labels (Kubernetes, "Object Names and IDs").
enum NameText {
  /// A DNS subdomain: labels with dots between them, 253 characters at most.
  static func isSubdomain(_ text: String) -> Bool {
    text.utf8.count <= 253
      && text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy(isLabelText)
  }

  /// A DNS label: small letters, digits, and hyphens between them, 63 characters at most.
  static func isLabel(_ text: String) -> Bool { text.utf8.count <= 63 && isLabelText(text.utf8[...]) }

  /// A kind: letters, digits, and hyphens after the first letter and before the end, 63 characters at most.
  static func isKind(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return false }
    return isLetter(first) && text.utf8.count <= 63 && isWord(text, with: "-")
  }

  /// The value of a label: empty, or letters, digits, and `-`, `_`, `.` between them, 63 characters at most.
  static func isLabelValue(_ text: String) -> Bool {
    text.isEmpty || (text.utf8.count <= 63 && isWord(text, with: "-_."))
  }

  /// A listener's protocol: letters, digits and hyphens; those of products have a subdomain and `/` before.
  static func isProtocol(_ text: String) -> Bool {
    guard let slash = text.lastIndex(of: "/") else { return isWord(text, with: "-") }
    return isSubdomain(String(text[..<slash])) && isWord(String(text[text.index(after: slash)...]), with: "")
  }

  private static func isWord(_ text: String, with others: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last else { return false }
    func isPlain(_ byte: UInt8) -> Bool { isLetter(byte) || isAlphanumeric(byte) }
    return isPlain(first) && isPlain(last) && text.utf8.allSatisfy { isPlain($0) || others.utf8.contains($0) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }

  private static func isLabelText(_ text: Substring.UTF8View) -> Bool {
    guard let first = text.first, let last = text.last else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && text.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
