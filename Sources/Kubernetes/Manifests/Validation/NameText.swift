/// The names of objects and namespaces (Kubernetes, "Object Names and IDs").
enum NameText {
  /// A DNS subdomain: labels with dots between them, 253 characters at most.
  static func isSubdomain(_ text: String) -> Bool {
    text.utf8.count <= 253
      && text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy(isLabelText)
  }

  /// A DNS label: small letters, digits, and hyphens between them, 63 characters at most.
  static func isLabel(_ text: String) -> Bool { text.utf8.count <= 63 && isLabelText(text.utf8[...]) }

  private static func isLabelText(_ text: Substring.UTF8View) -> Bool {
    guard let first = text.first, let last = text.last else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && text.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
