import EndpointPicking
import Kubernetes
import Testing

@testable import Fleet

@Suite struct ClusterStoreTests {
  typealias Fixture = ClusterFixture

  @Test func orderIsByFirstSeenThenFileAndPosition() {
    var store = ClusterStore()
    let first = Fixture.files([
      "b.yaml": Fixture.join(Fixture.rewrite("b1"), Fixture.rewrite("b2")), "a.yaml": Fixture.rewrite("a1"),
    ])
    let report = store.update(first, at: 100)
    #expect(report.errors.isEmpty)
    #expect(report.changes.map(\.outcome) == [.created, .created, .created])
    #expect(store.names == ["a1", "b1", "b2"])
    _ = store.update(first + Fixture.files(["0.yaml": Fixture.rewrite("late")]), at: 100)
    #expect(store.names == ["a1", "b1", "b2", "late"])
    #expect(store.objects.map { $0.resource.metadata?.appearance } == [0, 1, 2, 3])
    _ = store.update(
      first
        + Fixture.files([
          "0.yaml": Fixture.rewrite("late"), "z": Fixture.rewrite("old", created: "1970-01-01T00:01:00Z"),
        ]),
      at: 200)
    #expect(store.names == ["old", "a1", "b1", "b2", "late"])
    #expect(store.created("old") == 60)
    #expect(store.created("a1") == 100)
  }

  @Test func agesSurviveEditsAndMovesButNotAbsence() {
    var store = ClusterStore()
    _ = store.update(Fixture.files(["a": Fixture.rewrite("x", to: "v1"), "b": Fixture.rewrite("k")]), at: 10)
    var report = store.update(
      Fixture.files(["a": "# new\n" + Fixture.rewrite("x", to: "v2"), "b": Fixture.rewrite("k")]), at: 20)
    #expect(report.changes.map(\.description) == ["inferencemodelrewrite.inference.networking.x-k8s.io/x configured"])
    #expect(store.created("x") == 10 && store.target("x") == "v2")
    report = store.update(
      Fixture.files(["c": Fixture.join(Fixture.rewrite("k"), Fixture.rewrite("x", to: "v2"))]), at: 30)
    #expect(report.changes.isEmpty)
    #expect(store.names == ["x", "k"] && store.created("x") == 10)
    _ = store.update(Fixture.files(["c": Fixture.rewrite("k")]), at: 40)
    #expect(store.names == ["k"])
    _ = store.update(Fixture.files(["c": Fixture.join(Fixture.rewrite("x"), Fixture.rewrite("k"))]), at: 50)
    #expect(store.names == ["k", "x"] && store.created("x") == 50)
  }

  @Test func theVersionFollowsTheObjects() {
    var store = ClusterStore()
    let a = Fixture.rewrite("a")
    var versions = [store.version]
    func note() { versions.append(store.version) }
    _ = store.update(Fixture.files(["f": a]), at: 1)
    note()
    _ = store.update(Fixture.files(["f": a]), at: 2)
    note()
    _ = store.update(Fixture.files(["f": "# comment\n" + a]), at: 3)
    note()
    #expect(store.objects[0].position.line == 2)
    _ = store.update(Fixture.files(["f": "kind: ["]), at: 4)
    note()
    _ = store.update(Fixture.files(["f": Fixture.rewrite("a", to: "u")]), at: 5)
    note()
    _ = store.apply(Fixture.rewrite("a", to: "u"), defaultNamespace: "default", at: 6)
    note()
    _ = store.apply(Fixture.rewrite("a", to: "v"), defaultNamespace: "default", at: 7)
    note()
    _ = store.delete(kind: "inferencemodelrewrite", name: "a", namespace: "default", at: 8)
    note()
    _ = store.update([], at: 9)
    note()
    #expect(versions == [0, 1, 1, 1, 1, 2, 2, 3, 4, 4])
  }

  @Test func aBadTextKeepsTheLastGoodState() {
    var store = ClusterStore()
    _ = store.update(Fixture.files(["a.yaml": Fixture.rewrite("x"), "b.yaml": Fixture.rewrite("k")]), at: 1)
    let bad = Fixture.rewrite("new") + "---\n" + Fixture.pool("p", ports: [0])
    let report = store.update(Fixture.files(["a.yaml": bad, "b.yaml": Fixture.rewrite("k")]), at: 2)
    #expect(
      report.errors.map(\.description) == [
        "a.yaml:16: InferencePool default/p: spec.targetPorts[0].number: 0 is not in 1 to 65535"
      ])
    #expect(report.changes.isEmpty && store.names == ["x", "k"])
    // Said once, known until it is mended.
    let again = store.update(Fixture.files(["a.yaml": bad + "# more\n", "b.yaml": Fixture.rewrite("k")]), at: 3)
    #expect(again.errors.isEmpty && store.errors.count == 1)
    _ = store.update(Fixture.files(["a.yaml": Fixture.rewrite("new"), "b.yaml": Fixture.rewrite("k")]), at: 4)
    #expect(store.errors.isEmpty && store.names == ["k", "new"])
  }

  @Test func withoutAGoodStateAFileContributesNothing() {
    var store = ClusterStore()
    let report = store.update(
      Fixture.files(["a": "kind: Pod\n"]) + [SourceFile("b", unreadable: "Permission denied")], at: 1)
    #expect(
      report.errors.map(\.description) == ["a:1: apiVersion: required", "b:1: Permission denied"])
    #expect(store.objects.isEmpty && store.version == 0)
  }

  @Test func anUnreadableFileKeepsItsObjectsAndAMissingOneDoesNot() {
    var store = ClusterStore()
    _ = store.update(Fixture.files(["a": Fixture.rewrite("x")]), at: 1)
    _ = store.update([SourceFile("a", unreadable: "Input/output error")], at: 2)
    #expect(store.names == ["x"] && store.errors.count == 1)
    _ = store.update(Fixture.files(["a": Fixture.rewrite("x")]), at: 3)
    #expect(store.names == ["x"] && store.errors.isEmpty && store.created("x") == 1)
    let report = store.update([], at: 4)
    #expect(report.changes.map(\.outcome) == [.deleted] && store.objects.isEmpty)
  }

  @Test func ofTwoFilesTheFirstKeepsTheObject() {
    var store = ClusterStore()
    _ = store.update(Fixture.files(["b": Fixture.rewrite("x", to: "b")]), at: 1)
    let a = Fixture.join(Fixture.rewrite("w"), Fixture.rewrite("x", to: "a"))
    let report = store.update(Fixture.files(["b": Fixture.rewrite("x", to: "b"), "a": a]), at: 2)
    #expect(
      report.errors.map(\.description) == [
        "a:11: InferenceModelRewrite default/x: metadata.name: the same object is at b:1"
      ])
    #expect(store.target("x") == "b" && store.names == ["x", "w"])
    // The other's turn, of the same age: the object was never away.
    _ = store.update(Fixture.files(["a": a]), at: 3)
    #expect(store.target("x") == "a" && store.created("x") == 1 && store.errors.isEmpty)
    // Together, the order of the names counts.
    var other = ClusterStore()
    _ = other.update(Fixture.files(["b": Fixture.rewrite("x", to: "b"), "a": a]), at: 1)
    #expect(other.target("x") == "a" && other.errors.count == 1)
  }

  @Test func kindsWithoutUseAreReportedOnce() {
    var store = ClusterStore()
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n---\n" + Fixture.rewrite("x")
    let report = store.update(Fixture.files(["a": text]), at: 1)
    #expect(report.skipped.map(\.description) == ["a:1: ConfigMap c: skipped: no use for ConfigMap of v1"])
    #expect(store.names == ["x"])
    #expect(store.update(Fixture.files(["a": text]), at: 1).skipped.isEmpty)
  }

  @Test func entriesOfFileDiscoveryAreObjects() {
    var store = ClusterStore()
    let text = "endpoints:\n- {name: e, address: 10.0.0.1, port: \"8000\", labels: {app: a}}\n"
    #expect(store.update(Fixture.files(["e.yaml": text]), at: 1).errors.isEmpty)
    guard case .endpoint(let endpoint) = store.objects.first?.resource else {
      Issue.record("no endpoint")
      return
    }
    #expect(endpoint.address == "10.0.0.1" && endpoint.namespace == "default")
    #expect(store.delete(kind: "pods", name: "e", namespace: "default", at: 2) == .deleted("pod \"e\" deleted"))
    #expect(store.objects.isEmpty)
  }
}
