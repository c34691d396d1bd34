/// Finds the match that counts by host, the most specific name first: an exact one, the longest wildcard, any.
///
/// When no match for a name fits, those for the next count.
struct HostIndex: Sendable {
  private var exact: [String: PathIndex] = [:]
  /// By what follows the asterisk.
  private var wildcards: [String: PathIndex] = [:]
  private var any = PathIndex([])

  /// - Parameter entries: of each name, in the order of precedence.
  init(_ entries: [Hostname: [RouteEntry]]) {
    for (hostname, list) in entries {
      switch hostname {
      case .any: any = PathIndex(list)
      case .exact(let name): exact[name] = PathIndex(list)
      case .wildcard(let suffix): wildcards[suffix] = PathIndex(list)
      }
    }
  }

  func first(for request: some RouteRequest) -> RouteEntry? {
    if !exact.isEmpty || !wildcards.isEmpty, let header = request.host {
      let host = Hostname.host(ofHeader: header)
      if let entry = exact[host]?.first(for: request) { return entry }
      if let entry = firstByWildcard(host, request) { return entry }
    }
    return any.first(for: request)
  }

  private func firstByWildcard(_ host: String, _ request: some RouteRequest) -> RouteEntry? {
    // A name has at most 253 bytes (RFC 1035), so that what is longer is not taken apart.
    guard !wildcards.isEmpty, host.utf8.count <= 253 else { return nil }
    var rest = host[...]
    while let dot = rest.utf8.dropFirst().firstIndex(of: UInt8(ascii: ".")) {
      rest = rest[dot...]
      if let entry = wildcards[String(rest)]?.first(for: request) { return entry }
    }
    return nil
  }
}
