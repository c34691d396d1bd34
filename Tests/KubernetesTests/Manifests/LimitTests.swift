import Kubernetes
import Testing

/// The limits of the CRDs: what an API server refuses is refused in files as well.
@Suite("Limits of the CRDs")
struct LimitTests {
  static let pool = InferenceResourceTests.pool
  static let model = InferenceResourceTests.model
  static let rewrite = InferenceResourceTests.rewrite
  static let route = """
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: r}
    spec:
      parentRefs: [{name: gw, namespace: infra, sectionName: web}]
      hostnames: ["*.example.com", a.example.com]
      rules:
      - name: first
        matches: [{path: {value: /v1}, headers: [{name: X-A, value: b}], queryParams: [{name: q, value: c}]}]
        filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X-B, value: d}], remove: [X-C]}}]
        backendRefs: [{group: inference.networking.k8s.io, kind: InferencePool, name: p}]
    """
  static let gateway = """
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: {name: gw}
    spec:
      gatewayClassName: c
      listeners: [{name: http, port: 80, protocol: HTTP, hostname: "*.example.com"}]
    """
  static let grant = """
    apiVersion: gateway.networking.k8s.io/v1beta1
    kind: ReferenceGrant
    metadata: {name: g}
    spec:
      from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: a}]
      to: [{group: "", kind: Service, name: s}]
    """
  static let long = String(repeating: "a", count: 254)

  /// So many equal items, in brackets.
  static func list(_ count: Int, of item: String) -> String {
    "[" + Array(repeating: item, count: count).joined(separator: ", ") + "]"
  }

  @Test("What they allow", arguments: [pool, model, rewrite, route, gateway, grant]) func allowed(text: String) {
    #expect(errors(text).isEmpty)
  }

  @Test(
    "Names and values",
    arguments: [
      (pool, "{app: a}", "{app: -a}", "spec.selector.matchLabels.app: '-a' is not a label"),
      (pool, "name: epp", "name: epp, kind: '9x'", "spec.endpointPickerRef.kind: '9x' is not a kind"),
      (pool, "name: epp", "name: epp, group: A", "spec.endpointPickerRef.group: 'A' is not an API group"),
      (pool, "name: epp", "name: \(long)", "spec.endpointPickerRef.name: at most 253 characters, got 254"),
      (pool, "{number: 9002}", "{}", "spec.endpointPickerRef.port.number: required"),
      (rewrite, "{name: p}", "{name: \(long)}", "spec.poolRef.name: at most 253 characters, got 254"),
      (model, "modelName: m", "modelName: \(long)aaa", "spec.modelName: at most 256 characters, got 257"),
      (model, "{name: a,", "{name: \(long),", "spec.targetModels[0].name: at most 253 characters, got 254"),
      (route, "a.example.com", "\"*\"", "spec.hostnames[1]: '*' is not a host name"),
      (route, "namespace: infra", "namespace: a.b", "spec.parentRefs[0].namespace: 'a.b' is not a name"),
      (route, "sectionName: web", "sectionName: ''", "spec.parentRefs[0].sectionName: '' is not a name"),
      (route, "name: first", "name: First", "spec.rules[0].name: 'First' is not a name"),
      (
        route, "value: /v1", "value: /\(String(repeating: "a", count: 1024))",
        "spec.rules[0].matches[0].path.value: at most 1024 characters, got 1025"
      ),
      (route, "name: q", "name: 'a b'", "spec.rules[0].matches[0].queryParams[0].name: 'a b' is not the name"),
      (
        route, "value: d}", "value: \(String(repeating: "d", count: 4097))}",
        "spec.rules[0].filters[0].requestHeaderModifier.set[0].value: at most 4096 characters, got 4097"
      ),
      (gateway, "name: http", "name: Http", "spec.listeners[0].name: 'Http' is not a name"),
      (gateway, "protocol: HTTP", "protocol: a b", "spec.listeners[0].protocol: 'a b' is not the name of a protocol"),
      (gateway, "*.example.com", "*.*.com", "spec.listeners[0].hostname: '*.*.com' is not a host name"),
      (grant, "group: \"\", ", "", "spec.to[0].group: required"),
      (grant, "namespace: a", "namespace: A", "spec.from[0].namespace: 'A' is not a name"),
      (grant, "name: s", "name: ''", "spec.to[0].name: may not be empty"),
    ] as [(String, String, String, String)])
  func refused(text: String, old: String, new: String, problem: String) throws {
    let edited = text.replacing(old, with: new)
    #expect(edited != text)
    let error = try #require(ManifestReader().read(edited, file: "f.yaml").errors.first)
    #expect("\(error.field): \(error.reason)".hasPrefix(problem), "\(error)")
  }

  @Test("A product's own protocol") func protocols() {
    for (name, isValid) in [("example.com/bar", true), ("TLS", true), ("a-b", true), ("-a", false), ("a/", false)] {
      #expect(errors(Self.gateway.replacing("protocol: HTTP", with: "protocol: \(name)")).isEmpty == isValid, "\(name)")
    }
  }

  @Test(
    "Lists",
    arguments: [
      ("spec.hostnames", 16, "[\"*.example.com\", a.example.com]", "a.example.com"),
      ("spec.parentRefs", 32, "[{name: gw, namespace: infra, sectionName: web}]", "{name: gw}"),
      (
        "spec.rules[0].backendRefs", 16, "[{group: inference.networking.k8s.io, kind: InferencePool, name: p}]",
        "{name: s, port: 80}"
      ),
      ("spec.rules[0].matches[0].headers", 16, "[{name: X-A, value: b}]", "{name: X-A, value: b}"),
      ("spec.rules[0].matches[0].queryParams", 16, "[{name: q, value: c}]", "{name: q, value: c}"),
      ("spec.rules[0].filters[0].requestHeaderModifier.remove", 16, "[X-C]", "X-C"),
    ])
  func lists(field: String, limit: Int, old: String, item: String) {
    let most = Self.route.replacing(old, with: Self.list(limit, of: item))
    #expect(errors(most).isEmpty)
    let more = errors(Self.route.replacing(old, with: Self.list(limit + 1, of: item)))
    #expect(more.count == 1)
    #expect(more.first?.hasSuffix("\(field): at most \(limit) items, got \(limit + 1)") == true, "\(more)")
  }
}
