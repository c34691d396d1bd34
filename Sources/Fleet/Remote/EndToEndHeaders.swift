internal import HTTPServer

extension [HTTPHeader] {
  /// The headers that a gateway passes on: without those that are about one connection (RFC 9110, 7.6.1) and those that
  /// each side makes anew: Host, unless `host` says it, and how the body is framed.
  func endToEnd(host: String? = nil) -> [HTTPHeader] {
    var named: Set<String> = []
    for header in self where header.isNamed("connection") {
      for option in header.value.split(separator: ",") { named.insert(option.trimmed.lowercased()) }
    }
    let kept = filter { header in
      let name = header.name.lowercased()
      return !Self.hopByHop.contains(name) && !name.hasPrefix("proxy-") && !named.contains(name)
    }
    return kept + (host.map { [HTTPHeader("Host", $0)] } ?? [])
  }

  private static let hopByHop: Set<String> = [
    "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "expect", "host",
  ]

  /// The first value of a header.
  ///
  /// - Parameter name: in lower case.
  func first(_ name: String) -> String? { first { $0.isNamed(name) }?.value }
}

extension HTTPHeader {
  /// It has that name.
  ///
  /// - Parameter name: in lower case.
  func isNamed(_ name: String) -> Bool { self.name.utf8.count == name.utf8.count && self.name.lowercased() == name }
}

extension Substring {
  /// Without blanks at its ends.
  fileprivate var trimmed: Substring {
    var rest = self
    while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return rest
  }
}
