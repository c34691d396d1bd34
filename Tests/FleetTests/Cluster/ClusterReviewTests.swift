import EndpointPicking
import Kubernetes
import Testing

@testable import Fleet

@Suite struct ClusterReviewTests {
  typealias Fixture = ClusterFixture
  private static let served = Fixture.join(Fixture.deployment("d"), Fixture.pool("p"))

  private static func route(
    _ backends: String, namespace: String = "default", parents: String = "", filters: String = ""
  ) -> String {
    """
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: r, namespace: \(namespace)}
    spec:
      parentRefs: [\(parents)]
      rules:
      - backendRefs: [\(backends)]
        filters: [\(filters)]

    """
  }

  private static let group = "group: inference.networking.k8s.io, kind: InferencePool"
  private static let gateway = """
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: {name: g}
    spec: {gatewayClassName: c, listeners: [{name: http, port: 8080, protocol: HTTP}]}

    """
  private static let service = """
    apiVersion: v1
    kind: Service
    metadata: {name: s}
    spec: {selector: {app: a}, ports: [{port: 80}]}

    """

  private static func grant(_ kind: String, name: String? = nil) -> String {
    """
    apiVersion: gateway.networking.k8s.io/v1beta1
    kind: ReferenceGrant
    metadata: {name: g}
    spec:
      from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: far}]
      to: [{group: inference.networking.k8s.io, kind: \(kind)\(name.map { ", name: \($0)" } ?? "")}]

    """
  }

  private static func model(_ name: String, _ served: String, _ target: String, group: String? = nil) -> String {
    """
    apiVersion: inference.networking.x-k8s.io/v1alpha2
    kind: InferenceModel
    metadata: {name: \(name)}
    spec:
      modelName: \(served)
      poolRef: {name: p\(group.map { ", group: \($0)" } ?? "")}
      targetModels: [{name: \(target), weight: 1}]

    """
  }

  static let cases: [(label: String, text: String, warnings: [String])] = [
    ("nothing", served, []),
    ("a rewrite", Fixture.join(served, Fixture.rewrite("r")), []),
    (
      "a rewrite of no pool", Fixture.rewrite("r"),
      ["InferenceModelRewrite default/r: spec.poolRef: there is no InferencePool default/p: no effect"]
    ),
    (
      "a rewrite from another namespace", Fixture.join(served, Fixture.rewrite("r", namespace: "far")),
      [
        "InferenceModelRewrite far/r: spec.poolRef: there is no InferencePool far/p, only one in namespace default: "
          + "no effect"
      ]
    ),
    (
      "a model of the other group", Fixture.join(served, model("m", "a", "b")),
      [
        "InferenceModel default/m: spec.poolRef: the group of InferencePool default/p is inference.networking.k8s.io, "
          + "not 'inference.networking.x-k8s.io': no effect"
      ]
    ),
    (
      "an objective of no pool",
      "apiVersion: llm-d.ai/v1alpha2\nkind: InferenceObjective\nmetadata: {name: o}\nspec: {poolRef: {name: q}}\n",
      ["InferenceObjective default/o: spec.poolRef: there is no InferencePool default/q: no effect"]
    ),
    (
      "a pool without pods", Fixture.join(Fixture.deployment("d", app: "b"), Fixture.pool("p")),
      ["InferencePool default/p: spec.selector: no pod has these labels"]
    ),
    (
      "a pool whose pods are elsewhere", Fixture.join(Fixture.deployment("d", namespace: "far"), Fixture.pool("p")),
      ["InferencePool default/p: spec.selector: no pod has these labels"]
    ),
    ("a service", Fixture.join(service, served), []),
    ("a service without pods", service, ["Service default/s: spec.selector: no pod has these labels"]),
    (
      "two pools of one port", Fixture.join(served, Fixture.pool("q", ports: [8000, 8001])),
      [
        "InferencePool default/q: spec.targetPorts: port 8000 of Deployment default/d is also claimed by InferencePool "
          + "inference.networking.k8s.io/default/p"
      ]
    ),
    ("two pools of two ports", Fixture.join(served, Fixture.pool("q", ports: [8001])), []),
    (
      "two pools in two namespaces",
      Fixture.join(
        served, Fixture.deployment("d", namespace: "far"), Fixture.pool("p", namespace: "far")), []
    ),
    (
      "a chain",
      Fixture.join(served, Fixture.rewrite("r", from: "a", to: "b"), Fixture.rewrite("s", from: "b", to: "c")),
      [
        "InferenceModelRewrite default/r: spec.rules[0].targets[0]: 'b' is not rewritten again by InferenceModelRewrite "
          + "default/s: rewriting happens once"
      ]
    ),
    (
      "a cycle",
      Fixture.join(served, Fixture.rewrite("r", from: "a", to: "b"), Fixture.rewrite("s", from: "b", to: "a")),
      [
        "InferenceModelRewrite default/r: spec.rules[0].targets[0]: 'b' is not rewritten again by InferenceModelRewrite "
          + "default/s: rewriting happens once",
        "InferenceModelRewrite default/s: spec.rules[0].targets[0]: 'a' is not rewritten again by InferenceModelRewrite "
          + "default/r: rewriting happens once",
      ]
    ),
    ("a model for itself", Fixture.join(served, Fixture.rewrite("r", from: "a", to: "a")), []),
    (
      "a model after a rewrite",
      Fixture.join(
        served, model("m", "b", "c", group: "inference.networking.k8s.io"), Fixture.rewrite("r", from: "a", to: "b")),
      [
        "InferenceModelRewrite default/r: spec.rules[0].targets[0]: 'b' is not rewritten again by InferenceModel "
          + "default/m: rewriting happens once"
      ]
    ),
    (
      "a route",
      Fixture.join(
        served, service, gateway,
        route("{\(group), name: p}, {name: s, port: 80}", parents: "{name: g, sectionName: http, port: 8080}")), []
    ),
    (
      "a route to nothing", route("{\(group), name: p}, {name: s, port: 80}", parents: "{name: g}"),
      [
        "HTTPRoute default/r: spec.parentRefs[0]: there is no Gateway default/g",
        "HTTPRoute default/r: spec.rules[0].backendRefs[0]: there is no InferencePool default/p",
        "HTTPRoute default/r: spec.rules[0].backendRefs[1]: there is no Service default/s",
      ]
    ),
    (
      "a route to no listener",
      Fixture.join(
        served, gateway, route("{\(group), name: p}", parents: "{name: g, sectionName: x}, {name: g, port: 1}")),
      [
        "HTTPRoute default/r: spec.parentRefs[0]: Gateway default/g has no listener 'x'",
        "HTTPRoute default/r: spec.parentRefs[1]: Gateway default/g has no listener on port 1",
      ]
    ),
    (
      "a route to a service's missing port", Fixture.join(served, service, route("{name: s, port: 81}")),
      ["HTTPRoute default/r: spec.rules[0].backendRefs[0]: Service default/s has no port 81"]
    ),
    (
      "no weights", Fixture.join(served, route("{\(group), name: p, weight: 0}")),
      ["HTTPRoute default/r: spec.rules[0].backendRefs: all weights are 0: no request gets anywhere"]
    ),
    (
      "a mirror to nothing",
      Fixture.join(
        served,
        route("{\(group), name: p}", filters: "{type: RequestMirror, requestMirror: {backendRef: {\(group), name: q}}}")
      ),
      [
        "HTTPRoute default/r: spec.rules[0].filters[0].requestMirror.backendRef: there is no InferencePool default/q"
      ]
    ),
    (
      "a route without a grant",
      Fixture.join(served, route("{\(group), name: p, namespace: default}", namespace: "far")),
      [
        "HTTPRoute far/r: spec.rules[0].backendRefs[0]: no ReferenceGrant in namespace default lets HTTPRoutes of far "
          + "refer to InferencePool p"
      ]
    ),
    (
      "a route with a grant",
      Fixture.join(served, grant("InferencePool"), route("{\(group), name: p, namespace: default}", namespace: "far")),
      []
    ),
    (
      "a route with a grant for another",
      Fixture.join(
        served, grant("InferencePool", name: "q"), route("{\(group), name: p, namespace: default}", namespace: "far")),
      [
        "HTTPRoute far/r: spec.rules[0].backendRefs[0]: no ReferenceGrant in namespace default lets HTTPRoutes of far "
          + "refer to InferencePool p"
      ]
    ),
  ]

  @Test(arguments: cases)
  func warnings(label: String, text: String, warnings: [String]) {
    var store = ClusterStore()
    let report = store.update(Fixture.files(["f": text]), at: 1)
    #expect(report.errors.isEmpty, "\(report.errors)")
    let found = store.warnings.map { warning in
      [warning.object ?? "", warning.field, warning.reason].joined(separator: ": ")
    }
    #expect(found == warnings, "\(label)")
    #expect(report.warnings == store.warnings)
    #expect(store.warnings.allSatisfy { $0.file == "f" && $0.line > 0 })
  }

  @Test func warningsAreNewsOnce() {
    var store = ClusterStore()
    #expect(store.update(Fixture.files(["a": Fixture.rewrite("r")]), at: 1).warnings.count == 1)
    #expect(store.update(Fixture.files(["a": "# comment\n" + Fixture.rewrite("r")]), at: 1).warnings.isEmpty)
    #expect(store.warnings.map(\.line) == [2])
    let report = store.update(Fixture.files(["a": Fixture.rewrite("r"), "b": Self.served]), at: 2)
    #expect(report.warnings.isEmpty && store.warnings.isEmpty)
    // What a deletion breaks shows, and what an application does.
    _ = store.delete(kind: "infpool", name: "p", namespace: "default", at: 3)
    #expect(store.warnings.count == 1)
    #expect(store.apply(Fixture.rewrite("s"), defaultNamespace: "default", at: 4).warnings.count == 1)
    #expect(store.warnings.count == 2)
  }
}
