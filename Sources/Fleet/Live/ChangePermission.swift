internal import HTTPServer

/// Who may change a running fleet over HTTP: whoever is on this machine, and whoever knows the token.
///
/// A web page of somebody else's must not do it through a browser on this machine: its requests carry another `Origin`, or
/// reach us by a name of its own (DNS rebinding), so without a token both must be this machine's.
struct ChangePermission: Sendable {
  /// What is known of a request.
  struct Caller: Sendable {
    var isFromLoopback: Bool
    /// `Host`.
    var host: String?
    /// `Origin`, which browsers send.
    var origin: String?
    /// Some proxy has passed the request on.
    var isForwarded = false
    /// `Authorization`.
    var authorization: String?
  }

  /// `--admin-token`; nil when there is none.
  var token: String?

  func allows(_ caller: Caller) -> Bool { hasToken(caller) || isLocal(caller) }

  private func hasToken(_ caller: Caller) -> Bool {
    guard let token, let header = caller.authorization else { return false }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
    // All bytes are compared, so that the time taken tells nothing about the token.
    let (given, known) = (Array(parts[1].utf8), Array(token.utf8))
    guard given.count == known.count else { return false }
    return zip(given, known).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private func isLocal(_ caller: Caller) -> Bool {
    guard caller.isFromLoopback, !caller.isForwarded, let host = caller.host else { return false }
    guard Self.isLoopbackName(Self.withoutPort(host)) else { return false }
    guard let origin = caller.origin else { return true }
    return origin.lowercased() == "http://\(host.lowercased())"
  }

  private static func withoutPort(_ host: String) -> Substring {
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return host[host.startIndex...end] }
    return host.prefix { $0 != ":" }
  }

  private static func isLoopbackName(_ name: Substring) -> Bool {
    if name.lowercased() == "localhost" || name == "[::1]" { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}

extension Exchange {
  /// What `ChangePermission` asks.
  var caller: ChangePermission.Caller {
    ChangePermission.Caller(
      isFromLoopback: isFromLoopback, host: header("host"), origin: header("origin"),
      isForwarded: header("x-forwarded-for") != nil || header("forwarded") != nil,
      authorization: header("authorization"))
  }
}
