import HTTPServer
import Kubernetes
import Testing

@testable import Fleet

/// What rules make of the URLs of requests.
struct RouteURLTests {
  @Test(
    arguments: [
      // Gateway API v1.4, the table at HTTPPathModifier.
      ("/foo/bar", "/foo", "/xyz", "/xyz/bar"), ("/foo/bar", "/foo", "/xyz/", "/xyz/bar"),
      ("/foo/bar", "/foo/", "/xyz", "/xyz/bar"), ("/foo/bar", "/foo/", "/xyz/", "/xyz/bar"),
      ("/foo", "/foo", "/xyz", "/xyz"), ("/foo/", "/foo", "/xyz", "/xyz/"), ("/foo/bar", "/foo", "", "/bar"),
      ("/foo/", "/foo", "", "/"), ("/foo", "/foo", "", "/"), ("/foo/", "/foo", "/", "/"), ("/foo", "/foo", "/", "/"),
      // And without one of them.
      ("/foo/bar", "/foo//", "/", "/bar"), ("/foo/bar", "/foo", "/x%20y", "/x y/bar"), ("/é/bar", "/é", "/", "/bar"),
      ("/foo", "/", "/xyz", "/xyz/foo"), ("/", "/", "/xyz", "/xyz/"), ("/foo/bar", "/foo", "xyz", "/xyz/bar"),
    ])
  func prefixes(path: String, old: String, new: String, expected: String) {
    #expect(PathChange(.prefix(new), [HTTPRouteMatch(path: .prefix(old))])?.applied(to: path) == expected)
  }

  @Test(arguments: [("/x", "/x"), ("x", "/x"), ("", "/"), ("/a%20b", "/a b")])
  func wholePaths(new: String, expected: String) {
    #expect(PathChange(.full(new), [])?.applied(to: "/any/thing") == expected)
  }

  @Test func noChange() {
    #expect(PathChange(nil, []) == nil)
    // The prefix of a rule without matches is that of every path.
    #expect(PathChange(.prefix("/v1"), [])?.applied(to: "/models") == "/v1/models")
  }

  @Test(
    arguments: [
      (HTTPRouteURL.Redirect(), "h:8080", "http://h:8080/a%20b?q=1"), (.init(), "h:80", "http://h/a%20b?q=1"),
      (.init(), "h", "http://h/a%20b?q=1"), (.init(), "[::1]:8080", "http://[::1]:8080/a%20b?q=1"),
      (.init(), "[::1]", "http://[::1]/a%20b?q=1"),
      (.init(scheme: "https"), "h:8080", "https://h/a%20b?q=1"),
      (.init(scheme: "https", port: 8443), "h:8080", "https://h:8443/a%20b?q=1"),
      (.init(scheme: "https", port: 443), "h:8080", "https://h/a%20b?q=1"),
      (.init(scheme: "http", port: 443), "h:8080", "http://h:443/a%20b?q=1"),
      (.init(hostname: "new.example"), "h:8080", "http://new.example:8080/a%20b?q=1"),
      (.init(path: .full("/c d")), "h", "http://h/c%20d?q=1"),
      (.init(path: .full("/c%20d")), "h", "http://h/c%20d?q=1"), (.init(path: .prefix("/c")), "h", "http://h/c?q=1"),
    ] as [(HTTPRouteURL.Redirect, String, String)])
  func locations(redirect: HTTPRouteURL.Redirect, host: String, expected: String) {
    let matches = [HTTPRouteMatch(path: .prefix("/a b"))]
    let location = RouteRedirect(redirect, matches, responseHeaders: []).location(
      host: host, path: "/a b", query: "q=1")
    #expect(location == expected)
  }

  @Test func noQuery() {
    let redirect = RouteRedirect(.init(), [], responseHeaders: [])
    #expect(redirect.location(host: "h", path: "/a", query: "") == "http://h/a")
  }

  /// What a backend's own rewrite says goes before its rule's.
  @Test func rewritesOfBackends() throws {
    let rule = HTTPRoute.Rule(
      filters: [.rewrite(.init(hostname: "rule.example"))],
      backends: [.pool("a"), .pool("b", filters: [.rewrite(.init(path: .full("/own")))])])
    let table = RouteTable(.sample(rules: [rule]))
    let backends = try #require(table.match(SampleRequest())).rule.backends
    #expect(
      backends.map(\.rewrite) == [
        URLRewrite(hostname: "rule.example"), URLRewrite(hostname: "rule.example", path: .full("/own")),
      ])
    #expect(table.warnings.isEmpty)
  }

  @Test func redirectsNeedNoBackend() throws {
    let rule = HTTPRoute.Rule(filters: [
      .redirect(.init(status: 308)), .responseHeaders(.init(set: [.init("X-A", "1")])),
    ])
    let table = RouteTable(.sample(rules: [rule]))
    let redirect = try #require(table.match(SampleRequest())?.rule.redirect)
    var headers = [HTTPHeader("Location", "/")]
    for modifier in redirect.responseHeaders { modifier.apply(to: &headers) }
    #expect(redirect.status == 308 && headers.map(\.name) == ["Location", "x-a"])
    #expect(table.warnings.isEmpty)
  }

  @Test func redirectsOfBackendsAreNone() {
    let rule = HTTPRoute.Rule(backends: [.pool("a", filters: [.redirect(.init())])])
    #expect(RouteTable(.sample(rules: [rule])).warnings.count == 1)
  }
}
