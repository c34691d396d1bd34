import EndpointPicking
import HTTPServer
import KubernetesClient
import Synchronization

/// What a `PoolWatch` has told, and what follows from it.
final class Told: Sendable {
  struct State: Sendable {
    var events: [PoolWatchEvent] = []
    var membership = PoolMembership()
    var pods: [String: Pod] = [:]
    var pools: [PoolID: InferencePool] = [:]
    var objectives: [String: Int] = [:]
    var rewrites: [String: [String]] = [:]
    var models: [String: String] = [:]
    var lost: [String] = []
    var problems: [String] = []
    var isSynced = false
  }

  private let state = Mutex(State())
  var now: State { state.withLock { $0 } }

  func receive(_ event: PoolWatchEvent) {
    state.withLock { state in
      state.events.append(event)
      switch event {
      case .podSet(let pod):
        state.pods[pod.metadata.name.description] = pod
        state.membership.set(pod)
      case .podRemoved(let name):
        state.pods[name.description] = nil
        state.membership.removePod(name)
      case .poolSet(let pool):
        state.pools[pool.id] = pool
        state.membership.set(pool)
      case .poolRemoved(let id):
        state.pools[id] = nil
        state.membership.removePool(id)
      case .objectiveSet(let objective): state.objectives[objective.metadata.name.description] = objective.priority
      case .objectiveRemoved(let name): state.objectives[name.description] = nil
      case .rewriteSet(let rewrite):
        state.rewrites[rewrite.metadata.name.description] = rewrite.rules.flatMap { $0.targets.map(\.modelRewrite) }
      case .rewriteRemoved(let name): state.rewrites[name.description] = nil
      case .modelSet(let model): state.models[model.metadata.name.description] = model.modelName
      case .modelRemoved(let name): state.models[name.description] = nil
      case .synced: state.isSynced = true
      case .lost(let what, let failure): state.lost.append("\(what): \(failure)")
      case .problem(let problem): state.problems.append(problem.description)
      case .served, .notServed, .found: break
      }
    }
  }

  /// The addresses of a pool's endpoints.
  func endpoints(_ pool: PoolID) -> [String] { now.membership.endpoints(of: pool).map { "\($0.address):\($0.port)" } }
}

/// A server, a loop, and a `PoolWatch` of it with short waits.
struct PoolWatchFixture {
  let server: TestAPIServer
  let loop: ClientLoop
  let told = Told()

  static let pool = PoolID(namespace: "default", name: "pool")

  init(
    _ server: TestAPIServer, _ configuration: ClusterConfiguration? = nil,
    targets: [PoolTarget] = [.named(pool)], pageSize: Int = 100
  ) async throws {
    self.server = server
    loop = try await ClientLoop(configuration ?? ClusterConfiguration(server: server.url))
    _ = await loop.make { [told] client in
      var settings = PoolWatch.Settings(seed: 11)
      settings.discoveryInterval = 100_000_000
      settings.listWatch.backoff = Backoff(initial: 10_000_000, cap: 100_000_000, seed: 11)
      settings.listWatch.slowRetry = 100_000_000
      settings.listWatch.pageSize = pageSize
      let watch = PoolWatch(client: client, targets: targets, settings: settings) { told.receive($0) }
      watch.start()
      return watch
    }
  }

  func isSynced() async -> Bool { await eventually { told.now.isSynced } }
}

/// Objects as clusters have them.
enum Sample {
  static let pods = "/api/v1/namespaces/default/pods"
  static let pools = "/apis/inference.networking.k8s.io/v1/namespaces/default/inferencepools"
  static func experimental(_ plural: String) -> String {
    "/apis/inference.networking.x-k8s.io/v1alpha2/namespaces/default/\(plural)"
  }
  static func llmd(_ plural: String) -> String { "/apis/llm-d.ai/v1alpha2/namespaces/default/\(plural)" }

  static func pod(_ ip: String, isReady: Bool? = true) -> String {
    let conditions = isReady.map { #"{"type":"Ready","status":"\#($0 ? "True" : "False")"},"# } ?? ""
    return #""spec":{"nodeName":"n","containers":[{"name":"vllm","image":"vllm:1","resources":{"limits":{"cpu":4}},"#
      + #""env":[{"name":"A","valueFrom":{"weird":1}}]}]},"#
      + #""status":{"phase":"Running","podIP":"\#(ip)","hostIP":"10.0.0.1","conditions":[\#(conditions)"#
      + #"{"type":"PodScheduled","status":"True"}]}"#
  }

  static func pool(_ labels: [String: String] = ["app": "x"], ports: [Int] = [8000]) -> String {
    let list = labels.sorted { $0.key < $1.key }.map { #""\#($0)":"\#($1)""# }.joined(separator: ",")
    let numbers = ports.map { #"{"number":\#($0)}"# }.joined(separator: ",")
    return #""spec":{"selector":{"matchLabels":{\#(list)}},"targetPorts":[\#(numbers)],"#
      + #""endpointPickerRef":{"name":"epp","port":{"number":9002}}},"status":{"parents":[]}"#
  }

  static func objective(_ priority: Int) -> String { #""spec":{"priority":\#(priority),"poolRef":{"name":"pool"}}"# }

  static func rewrite(_ target: String) -> String {
    #""spec":{"poolRef":{"name":"pool"},"rules":[{"matches":[{"model":{"type":"Exact","value":"m"}}],"#
      + #""targets":[{"modelRewrite":"\#(target)"}]}]}"#
  }

  static func model(_ name: String) -> String {
    #""spec":{"modelName":"\#(name)","criticality":"Critical","poolRef":{"name":"pool"}}"#
  }
}
