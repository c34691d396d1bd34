import EndpointPicking
import Kubernetes
import Testing

@testable import Fleet

@Suite struct ClusterTableTests {
  typealias Fixture = ClusterFixture

  static let ages: [(seconds: Int64, text: String)] = [
    (-100, "<invalid>"), (-2, "<invalid>"), (-1, "0s"), (0, "0s"), (5, "5s"), (119, "119s"), (120, "2m"), (123, "2m3s"),
    (599, "9m59s"), (600, "10m"), (601, "10m"), (10_799, "179m"), (10_800, "3h"), (10_859, "3h"), (10_860, "3h1m"),
    (28_799, "7h59m"), (28_800, "8h"), (172_799, "47h"), (172_800, "2d"), (176_400, "2d1h"), (345_600, "4d"),
    (691_199, "7d23h"), (691_200, "8d"), (63_071_999, "729d"), (63_072_000, "2y"), (63_158_400, "2y1d"),
    (252_287_999, "7y364d"), (252_288_000, "8y"), (3_153_600_000, "100y"), (.max, "292471208677y"),
  ]

  @Test(arguments: ages)
  func agesAsKubectlWritesThem(seconds: Int64, text: String) { #expect(AgeText.text(seconds) == text) }

  private func store() -> ClusterStore {
    var store = ClusterStore()
    _ = store.update(
      Fixture.files([
        "a": Fixture.join(
          Fixture.rewrite("opt-stable"), Fixture.rewrite("a", namespace: "team-a"),
          Fixture.deployment("web", replicas: 3), Fixture.deployment("db", kind: "StatefulSet"),
          """
          apiVersion: v1
          kind: Pod
          metadata: {name: remote}
          spec: {containers: [{name: a}, {name: b}]}
          status: {podIP: 10.0.0.1}

          """,
          "apiVersion: v1\nkind: Pod\nmetadata: {name: local}\nspec: {containers: [{name: a}]}\n")
      ]), at: 1000)
    return store
  }

  private let pods = [
    PodStatus(
      name: NamespacedName(namespace: "default", name: "web-1"), workload: .deployment, workloadName: "web",
      isReady: true, created: 1000),
    PodStatus(
      name: NamespacedName(namespace: "default", name: "web-2"), workload: .deployment, workloadName: "web",
      isReady: false, created: 1004),
    PodStatus(
      name: NamespacedName(namespace: "default", name: "web-0"), workload: .deployment, workloadName: "web",
      isReady: true, isTerminating: true, created: 900),
    PodStatus(
      name: NamespacedName(namespace: "default", name: "db-0"), workload: .statefulSet, workloadName: "db",
      isReady: true, created: 1000),
    PodStatus(name: NamespacedName(namespace: "other", name: "x"), isReady: true, created: 1000),
  ]

  static let tables: [(kind: String, name: String?, namespace: String?, result: TableResult)] = [
    ("inferencemodelrewrite", nil, "default", .table("NAME         AGE\nopt-stable   5s\n")),
    ("inferencemodelrewrite", "opt-stable", "default", .table("NAME         AGE\nopt-stable   5s\n")),
    (
      "inferencemodelrewrites", nil, nil,
      .table("NAMESPACE   NAME         AGE\ndefault     opt-stable   5s\nteam-a      a            5s\n")
    ),
    ("inferencemodelrewrites.llm-d.ai", nil, nil, .empty("No resources found")),
    ("infpool", nil, "default", .empty("No resources found in default namespace.")),
    (
      "infpool", "x", "default",
      .failed("Error from server (NotFound): inferencepools.inference.networking.k8s.io \"x\" not found")
    ),
    ("po", "x", "default", .failed("Error from server (NotFound): pods \"x\" not found")),
    ("deploy", "x", "default", .failed("Error from server (NotFound): deployments.apps \"x\" not found")),
    (
      "inferencemodelrewrites.llm-d.ai", "opt-stable", "default",
      .failed("Error from server (NotFound): inferencemodelrewrites.llm-d.ai \"opt-stable\" not found")
    ),
    ("po", "x", nil, .failed("error: a resource cannot be retrieved by name across all namespaces")),
    ("nope", nil, nil, .failed("error: the server doesn't have a resource type \"nope\"")),
    (
      "deploy", nil, "default",
      .table("NAME   READY   UP-TO-DATE   AVAILABLE   AGE\nweb    1/3     2            1           5s\n")
    ),
    ("sts", nil, "default", .table("NAME   READY   AGE\ndb     1/1     5s\n")),
    (
      "pods", nil, "default",
      .table(
        """
        NAME     READY   STATUS        RESTARTS   AGE
        db-0     1/1     Running       0          5s
        local    0/1     Pending       0          5s
        remote   2/2     Running       0          5s
        web-0    1/1     Terminating   0          105s
        web-1    1/1     Running       0          5s
        web-2    0/1     Running       0          1s

        """)
    ),
    ("pods", "x", "other", .table("NAME   READY   STATUS    RESTARTS   AGE\nx      1/1     Running   0          5s\n")),
  ]

  @Test(arguments: tables)
  func tablesAsKubectlPrintsThem(kind: String, name: String?, namespace: String?, result: TableResult) {
    #expect(store().table(kind: kind, name: name, namespace: namespace, pods: pods, at: 1005) == result)
  }
}
