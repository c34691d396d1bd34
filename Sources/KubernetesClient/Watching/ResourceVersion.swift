/// Resource versions: opaque by the book, in truth numbers that grow, which tells events that come twice.
enum ResourceVersion {
  /// `a` came before `b`; false when that cannot be told.
  static func isOlder(_ a: String, than b: String) -> Bool {
    guard let a = UInt64(a), let b = UInt64(b) else { return false }
    return a < b
  }

  /// Whether `a` came before `b` or is the same.
  static func isNotNewer(_ a: String, than b: String) -> Bool { a == b || isOlder(a, than: b) }
}
