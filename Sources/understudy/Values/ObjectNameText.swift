/// Names of Kubernetes objects (Kubernetes, "Object Names and IDs").
enum ObjectNameText {
  /// Small letters, digits and hyphens between them, at most 63: the name of a namespace.
  static func isLabel(_ text: some StringProtocol) -> Bool {
    text.utf8.count <= 63 && isLabel(bytes: Array(text.utf8)[...])
  }

  /// Labels with dots between them, 253 bytes at most: the name of anything else.
  static func isSubdomain(_ text: some StringProtocol) -> Bool {
    text.utf8.count <= 253
      && Array(text.utf8).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        .allSatisfy(isLabel(bytes:))
  }

  private static func isLabel(bytes: ArraySlice<UInt8>) -> Bool {
    let hyphen = UInt8(ascii: "-")
    return !bytes.isEmpty && bytes.first != hyphen && bytes.last != hyphen
      && bytes.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == hyphen
      }
  }
}
