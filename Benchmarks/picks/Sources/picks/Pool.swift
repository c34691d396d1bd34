internal import EndpointPicking
internal import Simulation
internal import Synchronization

/// One pool at work: endpoints whose loads change, rewrites, and requests on their way.
struct Pool: ~Copyable {
  /// What the rewrites lead to.
  private static let models = ["base", "base-canary"]
  /// Requests on their way per endpoint.
  private static let depth = 2

  private let picker: PoolPicker
  private let rewrites: Mutex<RewriteStore>
  private let loads: [PublishedLoad]
  private var generator: SplitMix64
  /// The tickets of the requests on their way, a ring.
  private var underway: [PickTicket?]
  private var next = 0
  private var nextLoad = 0

  /// `endpoints` replicas that serve two models, and `rules` aliases that split 90/10 between these.
  init(endpoints: Int, rules: Int) {
    let id = PoolID(namespace: "default", name: "pool")
    picker = PoolPicker(pool: id, configuration: SchedulerConfiguration(), seed: 1, log: PickLog())
    let loads = (0..<endpoints).map { _ in PublishedLoad() }
    self.loads = loads
    generator = SplitMix64(seed: 2)
    underway = Array(repeating: nil, count: Self.depth * endpoints)
    picker.setEndpoints(
      loads.enumerated().map { index, load in
        let replica = ReplicaStandIn(load, serving: Set(Self.models))
        return PickableEndpoint(
          Endpoint(
            id: EndpointID(namespace: "default", name: "replica-\(index)"),
            address: "10.244.\(index / 250).\(index % 250 + 1)", port: 8000),
          load: replica, models: replica, token: index)
      }, at: Clocks.monotonic)
    var store = RewriteStore()
    store.addPool(id)
    for rule in 0..<rules {
      store.set(
        InferenceModelRewrite(
          metadata: ObjectMetadata(name: "rewrite-\(rule)", appearance: rule), poolRef: PoolReference(name: id.name),
          rules: [
            .init(
              models: [Requests.alias(rule)],
              targets: [.init(Self.models[0], weight: 90), .init(Self.models[1], weight: 10)])
          ]))
    }
    rewrites = Mutex(store)
  }

  /// What the front door does from a parsed request to its endpoint: resolve the model, choose, count it as sent.
  mutating func pick(_ request: inout PickRequest, at now: Int64) -> PickTicket? {
    let resolution = rewrites.withLock { store in
      try? store.resolve(model: request.incomingModel, for: picker.pool, using: &generator)
    }
    guard let resolution else { return nil }
    request.targetModel = resolution.targetModel
    let outcome = picker.pick(request, at: now, timesPlugins: true)
    guard case .success(let endpoint) = outcome.result else { return nil }
    return endpoint.ticket
  }

  /// The model alone; for what resolving costs.
  mutating func resolve(_ model: String) -> Bool {
    rewrites.withLock { store in
      (try? store.resolve(model: model, for: picker.pool, using: &generator))?.decision != nil
    }
  }

  /// A request has been sent, and the oldest one on its way has finished.
  mutating func send(_ ticket: PickTicket) {
    if let finished = underway[next] { picker.finished(finished) }
    underway[next] = ticket
    next = (next + 1) % underway.count
  }

  /// A tenth of the engines, at least one, publish another load: far more than one request changes.
  mutating func changeLoads() {
    for _ in 0..<max(1, loads.count / 10) {
      let draw = generator.next()
      loads[nextLoad].set(running: Int(draw & 31), waiting: Int(draw >> 8 & 7))
      nextLoad = (nextLoad + 1) % loads.count
    }
  }
}
