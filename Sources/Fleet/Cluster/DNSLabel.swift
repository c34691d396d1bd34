/// Names of objects.
enum DNSLabel {
  /// Room for what pods' names have after their Deployment's.
  private static let limit = 40

  /// `facebook-opt-125m` for `facebook/opt-125m`: small letters, digits, and hyphens between them.
  static func text(for model: String) -> String {
    var bytes: [UInt8] = []
    for byte in model.lowercased().utf8 where bytes.count < limit {
      if isAlphanumeric(byte) {
        bytes.append(byte)
      } else if let last = bytes.last, last != UInt8(ascii: "-") {
        bytes.append(UInt8(ascii: "-"))
      }
    }
    if bytes.last == UInt8(ascii: "-") { bytes.removeLast() }
    return bytes.isEmpty ? "model" : String(decoding: bytes, as: UTF8.self)
  }

  /// Whether objects may have that name: labels with dots between them (Kubernetes, "Object Names and IDs").
  static func isSubdomain(_ text: String) -> Bool {
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return text.utf8.count <= 253
      && labels.allSatisfy { label in
        guard let first = label.first, let last = label.last else { return false }
        let hyphen = UInt8(ascii: "-")
        return first != hyphen && last != hyphen && label.allSatisfy { isAlphanumeric($0) || $0 == hyphen }
      }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
