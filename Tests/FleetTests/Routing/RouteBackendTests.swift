import EndpointPicking
import Kubernetes
import Testing

@testable import Fleet

/// What references of rules lead to.
struct RouteBackendTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let reference: BackendReference
    /// A part of the reason why it leads nowhere; nil: it leads to `target`.
    var reason: String?
    var target: RouteTarget?
    var testDescription: String { name }
  }

  static func name(_ name: String, in namespace: String = "default") -> NamespacedName {
    NamespacedName(namespace: namespace, name: name)
  }

  static let cases: [Case] = [
    Case(
      name: "pool", reference: .pool("p"), target: .pool(PoolID(namespace: "default", name: "p"))),
    Case(name: "no pool", reference: .pool("q"), reason: "there is no InferencePool"),
    Case(
      name: "pool of the other group",
      reference: BackendReference(name: name("p"), kind: "InferencePool", group: APIGroup.experimental),
      reason: "the pool is in the group inference.networking.k8s.io"),
    Case(
      name: "pool without a group", reference: BackendReference(name: name("p"), kind: "InferencePool"),
      reason: "the pool is in the group inference.networking.k8s.io"),
    Case(
      name: "service", reference: BackendReference(name: name("s"), port: 80),
      target: .service(name("s"), port: 80)),
    Case(
      name: "no port of service", reference: BackendReference(name: name("s"), port: 81), reason: "has no port 81"),
    Case(name: "port not given", reference: BackendReference(name: name("s")), reason: "has no port that is named"),
    Case(name: "no service", reference: BackendReference(name: name("t"), port: 80), reason: "no Service default/t"),
    Case(
      name: "other kind", reference: BackendReference(name: name("s"), kind: "Bucket", port: 80),
      reason: "neither a Service nor an InferencePool"),
    Case(
      name: "service of another group", reference: BackendReference(name: name("s"), group: "x.y", port: 80),
      reason: "neither a Service nor an InferencePool"),
    Case(name: "not granted", reference: .pool("q", in: "closed"), reason: "no ReferenceGrant"),
    Case(
      name: "granted", reference: .pool("p", in: "open"), target: .pool(PoolID(namespace: "open", name: "p"))),
    Case(name: "other object granted", reference: .pool("q", in: "open"), reason: "no ReferenceGrant"),
    Case(
      name: "other kind granted", reference: BackendReference(name: name("s", in: "open"), port: 80),
      reason: "no ReferenceGrant"),
  ]

  static func table(_ routes: HTTPRoute...) -> RouteTable {
    let pools = [("default", "p"), ("open", "p"), ("open", "q"), ("closed", "q")]
    let grant = ReferenceGrant(
      metadata: ObjectMetadata(name: "g", namespace: "open"),
      from: [.init(group: HTTPRoute.group, kind: "HTTPRoute", namespace: "default")],
      to: [.init(group: APIGroup.inference, kind: "InferencePool", name: "p")])
    let services = ["default", "open"].map {
      Service(metadata: ObjectMetadata(name: "s", namespace: $0), ports: [.init(80)])
    }
    return RouteTable(
      routes: routes, gateways: [], grants: [grant], services: services,
      pools: Set(pools.map { PoolID(namespace: $0.0, name: $0.1) }))
  }

  @Test(arguments: cases) func resolves(_ sample: Case) throws {
    let table = Self.table(.sample(rules: [HTTPRoute.Rule(backends: [HTTPRoute.Backend(sample.reference)])]))
    let backend = try #require(table.match(SampleRequest())?.rule.backends.first)
    if let target = sample.target {
      #expect(backend.target == target)
      #expect(table.warnings == [])
    } else {
      guard case .invalid(let reason) = backend.target else {
        Issue.record("\(backend.target) is valid")
        return
      }
      #expect(reason.contains(sample.reason ?? ""))
      #expect(table.warnings == ["HTTPRoute default/r: rule 1: \(reason); its share is answered with 500"])
    }
  }

  @Test func aGrantIsForTheNamespaceThatItNames() throws {
    let table = Self.table(
      .sample(in: "elsewhere", rules: [HTTPRoute.Rule(name: "n", backends: [.pool("p", in: "open")])]))
    #expect(table.warnings.count == 1)
    #expect(table.warnings.first?.contains("rule n: InferencePool open/p is in another namespace") == true)
  }

  @Test func timeoutsAreInNanosecondsAndZeroIsNone() throws {
    let table = Self.table(
      .sample(rules: [
        HTTPRoute.Rule(
          matches: [HTTPRouteMatch(path: .exact("/a"))], backends: [.pool("p")], requestTimeout: 1500, backendTimeout: 0
        ),
        HTTPRoute.Rule(
          matches: [HTTPRouteMatch(path: .exact("/b"))], backends: [.pool("p")], backendTimeout: Int.max),
      ]))
    let first = try #require(table.match(SampleRequest("/a"))?.rule)
    #expect(first.requestTimeout == 1_500_000_000)
    #expect(first.backendTimeout == nil)
    let second = try #require(table.match(SampleRequest("/b"))?.rule)
    #expect(second.requestTimeout == nil)
    #expect(second.backendTimeout == nil)
  }

  @Test func unsupportedFiltersAndBadMirrorsAreWarnedAbout() throws {
    let filters: [HTTPRouteFilter] = [.unsupported(type: "CORS"), .mirror(.pool("none"), .init(1, of: 1))]
    let table = Self.table(.sample(rules: [HTTPRoute.Rule(filters: filters, backends: [.pool("p")])]))
    #expect(table.warnings.count == 2)
    #expect(table.warnings.first?.contains("the filter CORS is not supported") == true)
    #expect(table.warnings.last?.contains("nothing is mirrored there") == true)
    #expect(table.rules.first?.mirrors.isEmpty == true)
  }
}
