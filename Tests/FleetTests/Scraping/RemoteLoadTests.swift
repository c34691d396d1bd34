import EndpointPicking
import Kubernetes
import Testing

@testable import Fleet

/// Servers elsewhere have one load each, from one topology to the next.
@Suite struct RemoteLoadTests {
  private static let addresses = ["127.0.1.1", "127.0.1.2"].map { RemoteAddress(host: $0, port: 8_000) }

  private static func manifests(engine: String) -> String {
    """
    {apiVersion: v1, kind: Pod, metadata: {name: p, labels: {app: m, llm-d.ai/engine-type: \(engine)}},
      spec: {containers: [{name: server, image: model-server}]},
      status: {podIP: 127.0.1.3, conditions: [{type: Ready, status: "True"}]}}
    ---
    apiVersion: inference.networking.k8s.io/v1
    kind: InferencePool
    metadata: {name: pool}
    spec: {selector: {matchLabels: {app: m}}, targetPorts: [{number: 8000}], endpointPickerRef: {name: epp, port: {number: 9002}}}
    """
  }

  private static func plan(
    _ remotes: inout [RemoteAddress: RemoteServer], endpoints: [RemoteAddress] = [], manifests: String = ""
  ) -> TopologyBuilder.Plan {
    let file = SourceText(manifests, file: "test.yaml", namespace: "default").file
    #expect(file.errors.isEmpty, "\(file.errors)")
    return TopologyBuilder(objects: file.objects, replicas: [:], endpoints: endpoints).build(
      remotes: &remotes,
      entrance: { PoolEntrance(PoolPicker(pool: $0, configuration: SchedulerConfiguration(), seed: 1)) })
  }

  @Test func endpointsOfTheCommandLine() throws {
    var remotes: [RemoteAddress: RemoteServer] = [:]
    let first = Self.plan(&remotes, endpoints: Self.addresses)
    let members = try #require(first.endpoints[TopologyBuilder.endpointPool])
    #expect(members.count == 2)
    for member in members {
      let server = try #require(first.topology.remotes[member.token])
      #expect(member.load === server.load && server.load.address == server.address && server.load.engine == nil)
    }
    let second = Self.plan(&remotes, endpoints: Self.addresses)
    #expect(second.endpoints[TopologyBuilder.endpointPool]?.map(\.token) == members.map(\.token))
  }

  @Test func anotherLabelMeansAnotherReading() throws {
    var remotes: [RemoteAddress: RemoteServer] = [:]
    let pool = PoolID(namespace: "default", name: "pool")
    var tokens: [Int] = []
    for engine in ["sglang", "sglang", "vllm"] {
      let plan = Self.plan(&remotes, manifests: Self.manifests(engine: engine))
      let member = try #require(plan.endpoints[pool]?.first)
      let server = try #require(plan.topology.remotes[member.token])
      #expect(member.load === server.load && server.load.engine == engine && remotes.count == 1)
      tokens.append(member.token)
    }
    #expect(tokens[0] == tokens[1] && tokens[1] != tokens[2])
  }
}
