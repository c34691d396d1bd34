internal import HTTPServer
internal import Kubernetes

/// An answer that sends the client elsewhere (Gateway API v1.4, HTTPRequestRedirectFilter).
struct RouteRedirect: Sendable {
  let redirect: HTTPRouteURL.Redirect
  let path: PathChange?
  /// To be applied to the answer, in this order.
  let responseHeaders: [HeaderModifier]

  /// The redirect of a rule that has these matches.
  init(_ redirect: HTTPRouteURL.Redirect, _ matches: [HTTPRouteMatch], responseHeaders: [HeaderModifier]) {
    self.redirect = redirect
    path = PathChange(redirect.path, matches)
    self.responseHeaders = responseHeaders
  }

  var status: Int { redirect.status }

  /// The URL for a request that came over HTTP.
  ///
  /// The port is what the redirect says, or that of the scheme if it says one, or the one that the client used: the
  /// listeners of all gateways are one port here, which clients may reach through another.
  /// - Parameters:
  ///   - host: the request's Host header.
  ///   - path: percent-decoded.
  ///   - query: encoded; empty for none.
  func location(host: String, path: String, query: String) -> String {
    let scheme = redirect.scheme ?? "http"
    let (name, usedPort) = Self.parts(of: host)
    let port = redirect.port.map(String.init) ?? (redirect.scheme == nil ? usedPort : nil)
    var url = "\(scheme)://\(redirect.hostname ?? name)"
    if let port, port != (scheme == "https" ? "443" : "80") { url += ":\(port)" }
    url += PercentEncoding.path(self.path?.applied(to: path) ?? path)
    return query.isEmpty ? url : "\(url)?\(query)"
  }

  /// Name and port of `host`, `host:port` or `[IPv6]:port`.
  private static func parts(of host: String) -> (name: String, port: String?) {
    guard let colon = host.lastIndex(of: ":"), !host[colon...].contains(where: { $0 == "]" }) else {
      return (host, nil)
    }
    return (String(host[..<colon]), String(host[host.index(after: colon)...]))
  }
}
