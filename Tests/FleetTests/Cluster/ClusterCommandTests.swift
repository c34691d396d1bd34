import EndpointPicking
import Kubernetes
import Testing

@testable import Fleet

@Suite struct ClusterCommandTests {
  typealias Fixture = ClusterFixture
  static let rewriteType = "inferencemodelrewrite.inference.networking.x-k8s.io"

  private func apply(_ store: inout ClusterStore, _ text: String, namespace: String = "default", at: Int64 = 5)
    -> [String]
  {
    let result = store.apply(text, defaultNamespace: namespace, at: at)
    return (result.errors.map(\.description) + result.changes.map(\.description))
  }

  @Test func appliesInKubectlsWords() {
    var store = ClusterStore()
    let text = Fixture.join(
      Fixture.deployment("d"), Fixture.pool("p"), Fixture.rewrite("r"),
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n",
      "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: a}, ports: [{port: 80}]}\n")
    #expect(
      apply(&store, text) == [
        "deployment.apps/d created", "inferencepool.inference.networking.k8s.io/p created",
        "\(Self.rewriteType)/r created", "configmap/c skipped", "service/s created",
      ])
    #expect(apply(&store, Fixture.rewrite("r", to: "u"), at: 9) == ["\(Self.rewriteType)/r configured"])
    #expect(apply(&store, Fixture.rewrite("r", to: "u")) == ["\(Self.rewriteType)/r unchanged"])
    #expect(store.created("r") == 5)
    #expect(
      apply(&store, Fixture.rewrite("r", to: "u", group: "llm-d.ai")) == [
        "inferencemodelrewrite.llm-d.ai/r configured"
      ])
  }

  @Test func appliesAllOrNothing() {
    var store = ClusterStore()
    #expect(
      apply(&store, Fixture.join(Fixture.rewrite("r"), Fixture.pool("p", ports: [70000]))) == [
        "stdin:16: InferencePool default/p: spec.targetPorts[0].number: 70000 is not in 1 to 65535"
      ])
    #expect(store.objects.isEmpty && store.version == 0)
    #expect(apply(&store, "") == [])
    #expect(apply(&store, "a: [").count == 1)
  }

  @Test func theDefaultNamespaceIsForObjectsWithoutOne() {
    var store = ClusterStore()
    let list = """
      apiVersion: v1
      kind: List
      items:
      - {apiVersion: inference.networking.k8s.io/v1, kind: InferencePool, metadata: {name: p},
         spec: {selector: {matchLabels: {a: b}}, targetPorts: [{number: 1}]}}
      - {apiVersion: llm-d.ai/v1alpha2, kind: InferenceObjective, metadata: {name: o, namespace: null},
         spec: {poolRef: {name: p}}}
      - {apiVersion: v1, kind: Service, metadata: {name: s, namespace: mine}, spec: {}}
      """
    #expect(
      apply(&store, list, namespace: "team") == [
        "inferencepool.inference.networking.k8s.io/p created", "inferenceobjective.llm-d.ai/o created",
        "service/s created",
      ])
    #expect(store.objects.compactMap(\.resource.name?.namespace) == ["team", "team", "mine"])
    #expect(
      apply(&store, "endpoints:\n- {name: e, address: 1.2.3.4, port: 80}\n", namespace: "team") == [
        "endpoint/e created"
      ])
    #expect(store.objects.last?.resource.name?.namespace == "team")
    #expect(apply(&store, "models:\n- model: m\n", namespace: "team").count == 2)
    #expect(store.objects.last?.resource.name == NamespacedName(namespace: "team", name: "m"))
  }

  @Test func whatIsAppliedCountsUntilTheFileChanges() {
    var store = ClusterStore()
    let file = Fixture.rewrite("r", to: "file")
    _ = store.update(Fixture.files(["f": file, "g": Fixture.rewrite("s")]), at: 1)
    _ = apply(&store, Fixture.join(Fixture.rewrite("r", to: "applied"), Fixture.rewrite("own")))
    _ = store.update(Fixture.files(["f": file, "g": Fixture.rewrite("s", to: "other")]), at: 6)
    #expect(store.target("r") == "applied")
    // A bad edit changes nothing, and neither does its end.
    _ = store.update(Fixture.files(["f": "kind: [", "g": Fixture.rewrite("s")]), at: 7)
    #expect(store.target("r") == "applied")
    _ = store.update(Fixture.files(["f": file, "g": Fixture.rewrite("s")]), at: 7)
    #expect(store.target("r") == "applied")
    let report = store.update(Fixture.files(["f": file + "# touched\n", "g": Fixture.rewrite("s")]), at: 8)
    #expect(report.changes.map(\.description) == ["\(Self.rewriteType)/r configured"])
    #expect(store.target("r") == "file" && store.created("r") == 1)
    #expect(store.target("own") == "t")
    // A file that has not the object any more wins, too.
    _ = apply(&store, Fixture.rewrite("r", to: "applied"))
    _ = store.update(Fixture.files(["f": "", "g": Fixture.rewrite("s")]), at: 9)
    #expect(store.target("r") == nil)
    // A file that comes to have an applied object wins, without making it new.
    _ = store.update(Fixture.files(["f": Fixture.rewrite("own", to: "file"), "g": Fixture.rewrite("s")]), at: 10)
    #expect(store.target("own") == "file" && store.created("own") == 5)
  }

  @Test func whatIsDeletedStaysAwayUntilTheFileChanges() {
    var store = ClusterStore()
    let file = Fixture.rewrite("r")
    _ = store.update(Fixture.files(["f": file]), at: 1)
    #expect(
      store.delete(kind: "InferenceModelRewrite", name: "r", namespace: "default", at: 2)
        == .deleted("\(Self.rewriteType) \"r\" deleted"))
    #expect(store.objects.isEmpty)
    #expect(
      store.delete(kind: "InferenceModelRewrite", name: "r", namespace: "default", at: 2)
        == .failed("Error from server (NotFound): inferencemodelrewrites.inference.networking.x-k8s.io \"r\" not found")
    )
    _ = store.update(Fixture.files(["f": file, "g": Fixture.rewrite("r", to: "other")]), at: 3)
    #expect(store.objects.isEmpty)
    _ = store.update(Fixture.files(["f": "a: [", "g": ""]), at: 3)
    #expect(store.objects.isEmpty)
    _ = store.update(Fixture.files(["f": file + "\n"]), at: 4)
    #expect(store.names == ["r"] && store.created("r") == 4)
    // Applied again after a deletion: it is new, and deleted for good when its file still has it.
    _ = store.delete(kind: "inferencemodelrewrites", name: "r", namespace: "default", at: 5)
    #expect(apply(&store, file, at: 6) == ["\(Self.rewriteType)/r created"])
    #expect(store.created("r") == 6)
    _ = store.delete(kind: "inferencemodelrewrites", name: "r", namespace: "default", at: 7)
    #expect(store.objects.isEmpty)
    _ = store.update([], at: 8)
    _ = store.update(Fixture.files(["f": file + "\n"]), at: 9)
    #expect(store.names == ["r"] && store.created("r") == 9)
  }

  static let kinds: [(argument: String, kind: String?)] = [
    ("po", "Pod"), ("pod", "Pod"), ("PODS", "Pod"), ("deploy", "Deployment"), ("deployments.apps", "Deployment"),
    ("deployments.v1.apps", "Deployment"), ("sts", "StatefulSet"), ("statefulset", "StatefulSet"), ("svc", "Service"),
    ("infpool", "InferencePool"), ("inferencepool", "InferencePool"), ("InferencePools", "InferencePool"),
    ("inferencepools.inference.networking.k8s.io", "InferencePool"),
    ("inferencepools.v1alpha2.inference.networking.x-k8s.io", "InferencePool"), ("gtw", "Gateway"),
    ("gateways", "Gateway"), ("httproute", "HTTPRoute"), ("HTTPRoute", "HTTPRoute"), ("refgrant", "ReferenceGrant"),
    ("inferencemodelrewrites.llm-d.ai", "InferenceModelRewrite"), ("inferenceobjectives", "InferenceObjective"),
    ("inferencemodel", "InferenceModel"), ("configmap", nil), ("", nil), (".", nil), ("pods.apps", nil),
    ("deployments.", nil), ("pod.v1", nil), ("endpoint", nil), ("inferencepools.llm-d.ai", nil), ("pods s", nil),
  ]

  @Test(arguments: kinds)
  func kindsAsKubectlTakesThem(argument: String, kind: String?) {
    #expect(ResourceArgument(argument)?.type.kind == kind)
    guard kind == nil else { return }
    var store = ClusterStore()
    let failure = "error: the server doesn't have a resource type \"\(argument)\""
    #expect(store.delete(kind: argument, name: "x", namespace: "default", at: 1) == .failed(failure))
    #expect(store.table(kind: argument, name: nil, namespace: nil, at: 1) == .failed(failure))
  }

  @Test func poolsOfBothGroupsAreDifferentObjects() {
    var store = ClusterStore()
    let old = """
      apiVersion: inference.networking.x-k8s.io/v1alpha2
      kind: InferencePool
      metadata: {name: p}
      spec: {selector: {app: a}, targetPortNumber: 8000}
      """
    _ = store.update(Fixture.files(["f": Fixture.join(old + "\n", Fixture.pool("p"))]), at: 1)
    #expect(store.objects.count == 2)
    #expect(
      store.delete(kind: "infpool", name: "p", namespace: "default", at: 2)
        == .deleted("inferencepool.inference.networking.k8s.io \"p\" deleted"))
    #expect(
      store.delete(kind: "inferencepools.inference.networking.k8s.io", name: "p", namespace: "default", at: 2)
        == .failed("Error from server (NotFound): inferencepools.inference.networking.k8s.io \"p\" not found"))
    #expect(
      store.delete(kind: "infpool", name: "p", namespace: "default", at: 2)
        == .deleted("inferencepool.inference.networking.x-k8s.io \"p\" deleted"))
    #expect(store.objects.isEmpty)
  }

  @Test func whatATextDeclaresIsDeletedAsThatObject() throws {
    var store = ClusterStore()
    let old = """
      apiVersion: inference.networking.x-k8s.io/v1alpha2
      kind: InferencePool
      metadata: {name: p}
      spec: {selector: {app: a}, targetPortNumber: 8000}

      """
    let endpoint = "endpoints:\n- {name: e, address: 10.0.0.1, port: 80}\n"
    _ = store.update(Fixture.files(["f": Fixture.join(Fixture.pool("p"), old), "e": endpoint]), at: 1)
    func delete(_ text: String) -> [DeleteResult?] {
      SourceText(text, file: "x").file.objects.map { store.delete($0.resource, at: 2) }
    }
    #expect(delete(old) == [.deleted("inferencepool.inference.networking.x-k8s.io \"p\" deleted")])
    #expect(
      delete(old) == [
        .failed("Error from server (NotFound): inferencepools.inference.networking.x-k8s.io \"p\" not found")
      ])
    #expect(delete(endpoint) == [.deleted("pod \"e\" deleted")])
    #expect(delete("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n") == [nil])
    #expect(store.names == ["p"])
  }

  @Test func whatTheCheckComplainsOfIsNotTaken() {
    var store = ClusterStore { $0.resource.name?.name == "bad" ? "no such flag" : nil }
    let bad = Fixture.join(Fixture.rewrite("good"), Fixture.rewrite("bad"))
    #expect(apply(&store, bad) == ["stdin:11: InferenceModelRewrite default/bad: no such flag"])
    #expect(
      store.update(Fixture.files(["f": bad]), at: 1).errors.map(\.description) == [
        "f:11: InferenceModelRewrite default/bad: no such flag"
      ])
    #expect(store.objects.isEmpty)
  }
}
