import EndpointPicking
import Kubernetes
import Testing

@Suite("Gateways and routes")
struct RouteTests {
  static let route = """
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: r, namespace: a}
    spec:
      parentRefs: [{name: gw, sectionName: http}]
      rules:
      - matches:
        - headers:
          - {type: Exact, name: X-Gateway-Model-Name, value: qwen}
          - {type: RegularExpression, name: x-user, value: "^a.*$"}
          path: {type: PathPrefix, value: /v1}
          method: POST
          queryParams: [{name: q, value: z}]
        - path: {type: RegularExpression, value: "/v[12]/.*"}
        - path: {type: Exact, value: /health}
        filters:
        - type: RequestMirror
          requestMirror:
            backendRef: {group: inference.networking.k8s.io, kind: InferencePool, name: shadow, namespace: b}
            percent: 25
        - type: RequestHeaderModifier
          requestHeaderModifier: {set: [{name: X-A, value: "1"}], add: [{name: X-B, value: "2"}], remove: [X-C]}
        - type: ResponseHeaderModifier
          responseHeaderModifier: {set: [{name: X-D, value: d}]}
        backendRefs:
        - {group: inference.networking.k8s.io, kind: InferencePool, name: stable, weight: 90}
        - {group: inference.networking.k8s.io, kind: InferencePool, name: canary, weight: 10, namespace: b}
        timeouts: {request: 300s, backendRequest: 1m30s}
      - backendRefs: [{name: svc, port: 80}]
    """

  @Test("HTTPRoute") func httpRoute() throws {
    let shadow = BackendReference(
      name: NamespacedName(namespace: "b", name: "shadow"), kind: "InferencePool", group: APIGroup.inference)
    let expected = HTTPRoute(
      metadata: ObjectMetadata(name: "r", namespace: "a", appearance: 0),
      parents: [.init(name: NamespacedName(namespace: "a", name: "gw"), sectionName: "http")],
      rules: [
        .init(
          matches: [
            HTTPRouteMatch(
              path: .prefix("/v1"),
              headers: [
                .init("X-Gateway-Model-Name", .exact("qwen")), .init("x-user", .regularExpression("^a.*$")),
              ], query: [.init("q", .exact("z"))], method: "POST"),
            HTTPRouteMatch(path: .regularExpression("/v[12]/.*")), HTTPRouteMatch(path: .exact("/health")),
          ],
          filters: [
            .mirror(shadow, .init(25, of: 100)),
            .requestHeaders(.init(set: [.init("X-A", "1")], add: [.init("X-B", "2")], remove: ["X-C"])),
            .responseHeaders(.init(set: [.init("X-D", "d")])),
          ],
          backends: [
            .init(
              BackendReference(
                name: NamespacedName(namespace: "a", name: "stable"), kind: "InferencePool",
                group: APIGroup.inference), weight: 90),
            .init(
              BackendReference(
                name: NamespacedName(namespace: "b", name: "canary"), kind: "InferencePool",
                group: APIGroup.inference), weight: 10),
          ], requestTimeout: 300_000, backendTimeout: 90_000),
        .init(backends: [.init(BackendReference(name: NamespacedName(namespace: "a", name: "svc"), port: 80))]),
      ])
    #expect(try object(Self.route) == .httpRoute(expected))
    #expect(warnings(Self.route).isEmpty)
    #expect(expected.rules[0].backends[1].reference.pool == PoolID(namespace: "b", name: "canary"))
    #expect(expected.rules[1].backends[0].reference.pool == nil)
  }

  @Test(
    "What is refused",
    arguments: [
      ("weight: 90", "weight: -1", 26, "spec.rules[0].backendRefs[0].weight: -1 is not in 0 to 1000000"),
      ("value: /v1", "value: v1", 11, "spec.rules[0].matches[0].path.value: 'v1' does not begin with '/'"),
      ("\"^a.*$\"", "\"(\"", 10, "spec.rules[0].matches[0].headers[1].value: '(' is not a regular expression"),
      (
        "type: PathPrefix", "type: Prefix", 11,
        "spec.rules[0].matches[0].path.type: 'Prefix' is not one of Exact, PathPrefix, RegularExpression"
      ),
      ("method: POST", "method: post", 12, "spec.rules[0].matches[0].method: 'post' is no method"),
      ("percent: 25", "percent: 101", 20, "spec.rules[0].filters[0].requestMirror.percent: 101 is not in 0 to 100"),
      (
        "request: 300s", "request: 300", 28,
        "spec.rules[0].timeouts.request: expected a string, got an integer: put it in quotes, \"300\""
      ),
      (
        "request: 300s", "request: 5 min", 28,
        "spec.rules[0].timeouts.request: '5 min' is not a duration such as 1m30s or 500ms"
      ),
      (
        "request: 300s", "request: 5s", 28,
        "spec.rules[0].timeouts.backendRequest: longer than the timeout of the whole request"
      ),
      ("{name: svc, port: 80}", "{name: svc}", 29, "spec.rules[1].backendRefs[0].port: required for a Service"),
      (
        "name: X-A", "name: 'X A'", 22,
        "spec.rules[0].filters[1].requestHeaderModifier.set[0].name: 'X A' is not the name of a header"
      ),
      (
        "value: d}", "value: \"d\\r\\nX: y\"}", 24,
        "spec.rules[0].filters[2].responseHeaderModifier.set[0].value: control characters in a header"
      ),
      ("type: RequestMirror", "type: Mirror", 17, "spec.rules[0].filters[0].type: there is no filter 'Mirror'"),
    ] as [(String, String, Int, String)])
  func refused(old: String, new: String, line: Int, problem: String) {
    let edited = Self.route.replacing(old, with: new)
    #expect(edited != Self.route)
    #expect(errors(edited) == ["f.yaml:\(line): HTTPRoute a/r: \(problem)"])
  }

  @Test("A regular expression cannot exhaust the stack or patience")
  func hostileExpressions() {
    for (value, isValid) in [
      (String(repeating: "(", count: 60) + String(repeating: ")", count: 60), true),
      (String(repeating: "(", count: 65) + String(repeating: ")", count: 65), false),
      (String(repeating: "(", count: 512) + String(repeating: ")", count: 512), false),
      (String(repeating: "[", count: 1024), false), (String(repeating: "a", count: 1025), false),
      (String(repeating: "a*", count: 512), true), (String(repeating: "a|", count: 512), true),
      (String(repeating: "([)]", count: 200), false), (String(repeating: "(a)", count: 64), true),
      ("(?i)^(foo|bar)[0-9]{2,3}\\\\d$", true),
    ] {
      let found = errors(Self.route.replacing("^a.*$", with: value))
      #expect(found.isEmpty == isValid, "\(found)")
    }
  }

  @Test("Filters without effect are warned about") func unsupported() {
    let text = Self.route.replacing("type: ResponseHeaderModifier", with: "type: CORS")
    #expect(
      warnings(text) == [
        "f.yaml:23: HTTPRoute a/r: spec.rules[0].filters[2].type: CORS is not supported, ignored"
      ])
  }

  @Test("Gateway") func gateway() throws {
    let text = """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: inference-gateway}
      spec:
        gatewayClassName: agentgateway
        listeners:
        - {name: http, port: 8080, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}
      """
    #expect(
      try object(text)
        == .gateway(
          Gateway(
            metadata: ObjectMetadata(name: "inference-gateway", appearance: 0), className: "agentgateway",
            listeners: [.init(name: "http", port: 8080, allowedNamespaces: .all)])))
    #expect(errors(text.replacing("8080", with: "99999")).count == 1)
    #expect(errors(text.replacing("All", with: "None")).count == 1)
  }

  @Test("ReferenceGrant") func grant() throws {
    let text = """
      apiVersion: gateway.networking.k8s.io/v1beta1
      kind: ReferenceGrant
      metadata: {name: g, namespace: b}
      spec:
        from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: a}]
        to: [{group: inference.networking.k8s.io, kind: InferencePool}, {group: "", kind: Service, name: s}]
      """
    guard case .referenceGrant(let grant) = try object(text) else {
      Issue.record("no grant")
      return
    }
    func allows(_ namespace: String, _ kind: String, _ name: String) -> Bool {
      grant.allows(
        group: HTTPRoute.group, kind: "HTTPRoute", namespace: namespace,
        toGroup: kind == "Service" ? "" : APIGroup.inference, toKind: kind, name: name)
    }
    #expect(allows("a", "InferencePool", "any"))
    #expect(!allows("c", "InferencePool", "any"))
    #expect(allows("a", "Service", "s"))
    #expect(!allows("a", "Service", "t"))
  }
}
