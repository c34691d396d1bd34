import EndpointPicking
import Kubernetes
import Logging
import Testing

@testable import Fleet

@Suite struct ModelDirectoryTests {
  private static let rewrites = """
    apiVersion: inference.networking.x-k8s.io/v1alpha2
    kind: InferenceModelRewrite
    metadata: {name: alias}
    spec:
      poolRef: {name: a}
      rules:
      - matches: [{model: {type: Exact, value: alias}}]
        targets: [{modelRewrite: model-a}]
    ---
    apiVersion: inference.networking.x-k8s.io/v1alpha2
    kind: InferenceModelRewrite
    metadata: {name: taken}
    spec:
      poolRef: {name: b}
      rules:
      - matches: [{model: {type: Exact, value: model-a}}]
        targets: [{modelRewrite: model-b}]
    ---
    apiVersion: inference.networking.x-k8s.io/v1alpha2
    kind: InferenceModelRewrite
    metadata: {name: nowhere}
    spec:
      poolRef: {name: missing}
      rules:
      - matches: [{model: {type: Exact, value: lost}}]
        targets: [{modelRewrite: model-a}]
    ---

    """

  private static let generic = """
    apiVersion: inference.networking.x-k8s.io/v1alpha2
    kind: InferenceModelRewrite
    metadata: {name: any}
    spec:
      poolRef: {name: b}
      rules:
      - matches: []
        targets: [{modelRewrite: model-b}]
    ---

    """

  private func topology(_ text: String) throws -> Topology {
    var world = ReplicaWorld()
    try world.become(text)
    var remotes: [RemoteAddress: RemoteServer] = [:]
    let plan = TopologyBuilder(objects: objects(text), replicas: world.replicas.current, endpoints: []).build(
      remotes: &remotes
    ) { pool in PoolEntrance(PoolPicker(pool: pool, configuration: SchedulerConfiguration(), seed: 1)) }
    return plan.topology
  }

  private static let base =
    deployment("a", model: "model-a") + pool("a") + deployment("b", model: "model-b") + pool("b")

  @Test(arguments: [
    ("model-a", "b"), ("model-b", "b"), ("alias", "a"), ("lost", nil), ("nobody", nil), ("", nil),
  ])
  func thePoolThatRewritesGoesBeforeTheOneThatServes(model: String, expected: String?) throws {
    let models = try topology(Self.base + Self.rewrites).models
    #expect(models.pool(for: model)?.name == expected)
  }

  @Test func aGenericRuleTakesWhatNobodyKnows() throws {
    let models = try topology(Self.base + Self.generic).models
    #expect(models.pool(for: "nobody")?.name == "b")
    #expect(models.pool(for: "model-a")?.name == "a")
  }

  @Test(arguments: [("model-a", "model-a"), ("alias", "model-a"), ("nobody", nil)])
  func baseModels(name: String, expected: String?) throws {
    #expect(try topology(Self.base + Self.rewrites).models.baseModel(of: name) == expected)
  }

  @Test func aServerInNoPoolIsServedByNone() throws {
    #expect(try topology(deployment("a", model: "model-a") + pool("b")).models.pool(for: "model-a") == nil)
  }
}
