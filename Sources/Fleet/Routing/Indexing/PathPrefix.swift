/// Prefixes of paths by whole elements (Gateway API v1.4, PathMatchPathPrefix).
enum PathPrefix {
  /// Without slashes at the end, which make no difference; the prefix of all paths is empty.
  static func normalized(_ prefix: String) -> String {
    var end = prefix.utf8.endIndex
    while end > prefix.utf8.startIndex {
      let last = prefix.utf8.index(before: end)
      guard prefix.utf8[last] == UInt8(ascii: "/") else { break }
      end = last
    }
    return String(prefix[..<end])
  }

  /// The first `length` bytes of `path`, if that is where an element ends; nil otherwise.
  static func elements(of path: String, length: Int) -> Substring? {
    let bytes = path.utf8
    guard let end = bytes.index(bytes.startIndex, offsetBy: length, limitedBy: bytes.endIndex),
      end == bytes.endIndex || bytes[end] == UInt8(ascii: "/")
    else { return nil }
    return path[..<end]
  }
}
