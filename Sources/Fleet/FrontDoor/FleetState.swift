internal import EndpointPicking
internal import HTTPServer
internal import Logging
internal import ModelServer
internal import Synchronization

/// What the loops of one fleet share.
final class FleetState: Sendable {
  /// A loop's share, for the others to reach.
  struct Address: Sendable {
    let loop: EventLoop
    let bound: LoopBound<FleetLoop>
  }

  let configuration: FleetConfiguration
  let logger: Logger
  let picks = PickLog()
  /// The last minutes, for the page at `/ui`.
  let live = Mutex(LiveHistory())
  /// In nanoseconds since 1970.
  let startedAt = Clock.realtime
  let requestIDs: RequestIDGenerator
  /// Rewrites with the state of their splits.
  let rewrites: Mutex<RewriteStore>
  /// Routes' splits.
  let splits: Mutex<RouteSplits>
  /// Requests of the front door that are being answered.
  let openRequests = Atomic<Int>(0)
  /// Requests of gateways of others that have been sent on and whose streams have not ended.
  let directedRequests = Atomic<Int>(0)
  /// Counts what requests do that come over ext_proc, on whatever thread they run.
  let pickerMetrics = Mutex(PickerMetricsShare())
  private let latestTopology = Mutex(Topology())
  /// Counts what flow control does.
  let flowMetrics = FlowMetrics()
  /// Counts what the loops' scrapers do.
  let scrapes = ScrapeCounters()
  /// What becomes of the Kubernetes API server's watches.
  let apiServer = APIServerHealth()
  /// Renders the picker's metrics.
  let metricsPage = PickerMetricsPage(build: .init(commit: "", reference: "understudy"))
  private let servers = Mutex<PickerServers?>(nil)
  /// What is needed for health checks to succeed.
  private let readiness = Mutex((isSynced: false, isLeading: true))
  private let owner = Mutex<FleetController?>(nil)
  private let draining = Atomic<Bool>(false)
  private let loops = Mutex<[Int: Address]>([:])

  init(configuration: FleetConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
    requestIDs = RequestIDGenerator(seed: 0, port: configuration.port)
    rewrites = Mutex(RewriteStore(mode: configuration.split))
    splits = Mutex(RouteSplits(mode: configuration.split))
  }

  /// Makes changes; nil before the start and after the end.
  var controller: FleetController? {
    get { owner.withLock { $0 } }
    set { owner.withLock { $0 = newValue } }
  }

  /// The servers for gateways of others, while they run.
  var pickerServers: PickerServers? {
    get { servers.withLock { $0 } }
    set {
      servers.withLock { $0 = newValue }
      updateHealth()
    }
  }

  /// Every pool that gateways ask for is known.
  func setSynced(_ isSynced: Bool) {
    readiness.withLock { $0.isSynced = isSynced }
    updateHealth()
  }

  /// This is the leader of its kind, or the only one.
  func setLeading(_ isLeading: Bool) {
    readiness.withLock { $0.isLeading = isLeading }
    updateHealth()
  }

  private func updateHealth() {
    let isServing = !isDraining && readiness.withLock { $0.isSynced && $0.isLeading }
    pickerServers?.setServing(isServing)
  }

  /// Throws one line when it cannot be told which pool an ext_proc server is for. Pools of an API server may come later.
  func checkPickerPools() throws(FleetError) {
    guard configuration.picker.kubernetes == nil else { return }
    for listener in configuration.picker.listeners {
      if let pool = listener.pool, topology.pools[pool] == nil {
        logger.warning("there is no InferencePool \(pool) yet; health checks fail until there is")
      } else if listener.pool == nil, topology.pools.count != 1 {
        throw FleetError("the sources have \(topology.pools.count) InferencePools: name the one to pick for")
      }
    }
  }

  /// What every loop has, for those who run on none.
  var topology: Topology {
    get { latestTopology.withLock { $0 } }
    set { latestTopology.withLock { $0 = newValue } }
  }

  /// No new work is taken.
  var isDraining: Bool { draining.load(ordering: .relaxed) }

  func beginDraining() {
    draining.store(true, ordering: .relaxed)
    updateHealth()
  }

  func register(_ share: FleetLoop, on loop: EventLoop) {
    let address = Address(loop: loop, bound: LoopBound(share, on: loop))
    loops.withLock { $0[loop.index] = address }
  }

  /// The share of the loop with that index.
  func share(of loop: Int) -> Address? { loops.withLock { $0[loop] } }

  /// The number of loops.
  var loopCount: Int { loops.withLock(\.count) }
}
