internal import EndpointPicking
internal import Glibc
internal import HTTPServer
internal import Kubernetes
internal import KubernetesClient
internal import Logging
internal import Synchronization

/// Brings what a Kubernetes API server tells to the controller. Belongs to its loop's thread.
final class KubernetesFeed {
  private let state: FleetState
  private let changes: ChangeQueue
  private let client: APIClient
  private var watch: PoolWatch!
  private var elector: LeaderElector?

  /// Watches what `source` names, from `start` on.
  init(_ state: FleetState, loop: EventLoop, source: KubernetesSource, configuration: ClusterConfiguration) {
    self.state = state
    let changes = ChangeQueue(state)
    self.changes = changes
    client = APIClient(loop: loop, configuration: configuration)
    state.apiServer.begin()
    watch = PoolWatch(client: client, targets: source.targets) { [state] event in
      Self.log(event, state.logger)
      state.apiServer.take(event)
      changes.append(event)
    }
    guard source.electsLeader, let first = source.targets.first?.id else { return }
    state.setLeading(false)
    elector = LeaderElector(
      client: client, name: LeaderElector.leaseName(pool: first.name, namespace: first.namespace),
      namespace: first.namespace, identity: source.identity
    ) { [state] event in
      switch event {
      case .gained: state.setLeading(true)
      case .lost: state.setLeading(false)
      case .observed(let holder): state.logger.info("leader", metadata: ["holder": "\(holder)"])
      case .failed(let failure): state.logger.warning("leader election: \(failure)")
      }
    }
  }

  func start() {
    watch.start()
    elector?.start()
  }

  func stop() {
    watch.stop()
    elector?.stop()
  }

  private static func log(_ event: PoolWatchEvent, _ logger: Logger) {
    switch event {
    case .synced: logger.info("the Kubernetes API server's objects are known")
    case .served(let resource): logger.debug("\(resource) are served")
    case .notServed(let resource): logger.info("\(resource) are not served; looked for again")
    case .lost(let what, let failure): logger.warning("\(what): \(failure); what is known stays in force")
    case .found(let what): logger.info("\(what): seen again")
    case .problem(let problem):
      if problem.isRefused { logger.error("\(problem)") } else { logger.warning("\(problem)") }
    case .podSet, .podRemoved, .poolSet, .poolRemoved, .objectiveSet, .objectiveRemoved, .rewriteSet, .rewriteRemoved,
      .modelSet, .modelRemoved:
      logger.debug("\(event)")
    }
  }
}

extension KubernetesSource {
  /// The pools to watch.
  var targets: [PoolTarget] {
    guard let selector else { return pools.map { .named($0) } }
    return [
      .given(
        InferencePool(
          metadata: ObjectMetadata(name: selectorPoolName, namespace: namespace), matchLabels: selector,
          targetPorts: targetPorts))
    ]
  }

  /// Who this is among candidates for leadership.
  fileprivate var identity: String {
    environment["POD_NAME"] ?? environment["HOSTNAME"] ?? "understudy-\(getpid())"
  }
}

/// Hands events to the controller in their order, many at a time, on a thread that lives while there are any: a change
/// waits for every loop, so no loop may make one.
private final class ChangeQueue: Sendable {
  private struct Pending {
    var events: [PoolWatchEvent] = []
    var isWorking = false
  }

  private let state: FleetState
  private let pending = Mutex(Pending())

  init(_ state: FleetState) { self.state = state }

  func append(_ event: PoolWatchEvent) {
    let begins = pending.withLock { pending in
      pending.events.append(event)
      defer { pending.isWorking = true }
      return !pending.isWorking
    }
    if begins { Thread { [self] in work() }.detach() }
  }

  private func work() {
    while true {
      let events = pending.withLock { pending in
        let taken = pending.events
        pending.events = []
        if taken.isEmpty { pending.isWorking = false }
        return taken
      }
      guard !events.isEmpty else { return }
      state.controller?.update(events)
    }
  }
}
