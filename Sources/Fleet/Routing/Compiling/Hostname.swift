/// The hosts that a listener or a route is for (Gateway API v1.4, Hostname).
enum Hostname: Hashable, Sendable {
  case any
  /// In lower case.
  case exact(String)
  /// Whatever ends in this and has something before it; in lower case, with the dot in front.
  case wildcard(String)

  /// `example.com` or `*.example.com`; nil and `*` for any.
  init(_ text: String?) {
    let name = Self.normalized(text ?? "")
    if name.isEmpty || name == "*" {
      self = .any
    } else if name.utf8.starts(with: "*.".utf8) {
      self = .wildcard(String(name.dropFirst()))
    } else {
      self = .exact(name)
    }
  }

  /// The hosts that both are for; nil when there are none.
  func intersection(_ other: Hostname) -> Hostname? {
    switch (self, other) {
    case (.any, _): other
    case (_, .any): self
    case (.exact(let a), .exact(let b)): a == b ? self : nil
    case (.exact(let host), .wildcard(let suffix)): Self.matches(host, suffix) ? self : nil
    case (.wildcard(let suffix), .exact(let host)): Self.matches(host, suffix) ? other : nil
    case (.wildcard(let a), .wildcard(let b)):
      if a.hasSuffix(b) { self } else { b.hasSuffix(a) ? other : nil }
    }
  }

  /// Whether `host` ends in `suffix` and has something before it: `*.example.com` is for `a.b.example.com` too.
  static func matches(_ host: String, _ suffix: String) -> Bool {
    host.utf8.count > suffix.utf8.count && host.hasSuffix(suffix)
  }

  /// The host of a Host header: without its port, in lower case, without the dot of a fully qualified name.
  static func host(ofHeader value: String) -> String {
    // The colons of an IPv6 address are inside of brackets.
    guard let colon = value.utf8.lastIndex(of: UInt8(ascii: ":")), !value[colon...].utf8.contains(UInt8(ascii: "]"))
    else { return normalized(value) }
    return normalized(String(value[..<colon]))
  }

  private static func normalized(_ text: String) -> String {
    let hasUppercase = text.utf8.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    let name = hasUppercase ? text.lowercased() : text
    return name.utf8.last == UInt8(ascii: ".") ? String(name.dropLast()) : name
  }
}
