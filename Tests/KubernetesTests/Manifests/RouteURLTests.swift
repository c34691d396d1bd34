import Kubernetes
import Testing

@Suite("What routes make of URLs")
struct RouteURLTests {
  private static let rewriting = """
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: r, namespace: a}
    spec:
      rules:
      - matches: [{path: {type: PathPrefix, value: /team}}]
        filters:
        - {type: URLRewrite, urlRewrite: {hostname: pool.example, path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}
        backendRefs:
        - name: svc
          port: 80
          filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: /v1/x}}}]
      - filters:
        - type: RequestRedirect
          requestRedirect: {scheme: https, hostname: new.example, port: 8443, statusCode: 301}
      - filters: [{type: RequestRedirect, requestRedirect: {path: {type: ReplaceFullPath, replaceFullPath: /y}}}]
    """

  @Test("Rewrites and redirects") func urls() throws {
    guard case .httpRoute(let route) = try object(Self.rewriting) else {
      Issue.record("another kind")
      return
    }
    #expect(route.rules[0].filters == [.rewrite(.init(hostname: "pool.example", path: .prefix("/")))])
    #expect(route.rules[0].backends[0].filters == [.rewrite(.init(path: .full("/v1/x")))])
    let there = HTTPRouteURL.Redirect(scheme: "https", hostname: "new.example", port: 8443, status: 301)
    #expect(route.rules[1].filters == [.redirect(there)])
    #expect(route.rules[2].filters == [.redirect(.init(path: .full("/y")))])
  }

  @Test(
    "Rewrites and redirects that are wrong",
    arguments: [
      ("hostname: pool.example", "hostname: '*.example'", "filters[0].urlRewrite.hostname", "not the name of one host"),
      ("replacePrefixMatch: /", "replaceFullPath: /", "urlRewrite.path.replaceFullPath", "does not go with the type"),
      (", replacePrefixMatch: /", "", "urlRewrite.path.replacePrefixMatch", "required"),
      ("type: ReplacePrefixMatch, ", "", "urlRewrite.path.type", "required"),
      ("type: ReplacePrefixMatch", "type: Replace", "urlRewrite.path.type", "is not one of"),
      ("value: /team}}]", "value: /team}}, {path: {value: /b}}]", "rules[0].matches", "needs exactly one match"),
      ("type: PathPrefix, value: /team", "type: Exact, value: /team", "rules[0].matches", "needs exactly one match"),
      ("replaceFullPath: /y", "replaceFullPath: '/y?z=1'", "path.replaceFullPath", "is more than a path"),
      ("statusCode: 301", "statusCode: 304", "requestRedirect.statusCode", "none of 301, 302, 303, 307 and 308"),
      ("scheme: https", "scheme: ftp", "requestRedirect.scheme", "is not one of http, https"),
      ("port: 8443", "port: 0", "requestRedirect.port", "0"),
      (
        "filters: [{type: RequestRedirect, requestRedirect: {path",
        "backendRefs: [{name: svc, port: 80}]\n    filters: [{type: RequestRedirect, requestRedirect: {path",
        "rules[2].backendRefs", "must not stand beside a RequestRedirect"
      ),
      (
        "- filters:\n    - type", "- filters:\n    - {type: URLRewrite, urlRewrite: {}}\n    - type",
        "rules[1].filters[1].type",
        "only one of RequestRedirect and URLRewrite"
      ),
    ])
  func urlDefects(old: String, new: String, field: String, reason: String) {
    let text = Self.rewriting.replacing(old, with: new)
    #expect(text != Self.rewriting)
    let found = errors(text)
    #expect(found.count == 1 && found[0].contains(field) && found[0].contains(reason), "\(found)")
  }
}
