internal import EndpointPicking
internal import Glibc
internal import HTTPServer
internal import Kubernetes
internal import KubernetesClient
internal import Logging
internal import ModelServer
internal import Synchronization

/// Makes the fleet follow its objects: keeps the store, brings replicas up and down, and gives every loop the topology.
///
/// Changes come from the watcher's thread, from admin requests (on threads of their own), and from the housekeeping
/// timer; one lock makes them take turns. Never called on a loop's thread, since a change waits for all loops.
final class FleetController: Sendable {
  private struct Inner {
    var store: ClusterStore
    /// Objects of a Kubernetes API server.
    var kubernetes = KubernetesObjects()
    var replicas: ReplicaSet
    var pools: [PoolID: PoolEntrance] = [:]
    /// What the pools' pickers choose from.
    var endpoints: [PoolID: [PickableEndpoint]] = [:]
    var remotes: [RemoteAddress: RemoteServer] = [:]
    var rewrites: Set<ResourceID> = []
    /// What every container was configured with, so that equal ones are read once.
    var configurations: [ContainerCommand: ServerConfiguration] = [:]
    var readiness: [Bool] = []
    /// Pickers of several processes draw differently among equals.
    var nextPickerSeed = UInt64.random(in: 0 ... .max)
    /// What was said of routes already.
    var routeWarnings: Set<String> = []

    /// All objects, from wherever.
    var objects: [ManifestObject] { store.objects + kubernetes.objects }
  }

  private let state: FleetState
  private let http: HTTPServer
  private let configure: @Sendable (ContainerCommand) throws(ReplicaConfigurationError) -> ServerConfiguration
  private let inner: Mutex<Inner>

  init(
    _ state: FleetState, http: HTTPServer,
    configure: @escaping @Sendable (ContainerCommand) throws(ReplicaConfigurationError) -> ServerConfiguration
  ) {
    self.state = state
    self.http = http
    self.configure = configure
    let replicas = ReplicaSet(
      basePort: state.configuration.replicaBasePort, loopCount: http.loops.count, logger: state.logger)
    // What is not simulated may say what it likes.
    let check = ContainerCheck(configure)
    let simulates = state.configuration.simulatesPods
    let store = ClusterStore(check: { simulates ? check.problem($0) : nil })
    inner = Mutex(Inner(store: store, replicas: replicas))
  }

  // MARK: - Changes

  /// The first look at the sources. Throws one line when any of them is wrong.
  func start(_ sources: [SourceFile]) throws(FleetError) {
    let report = inner.withLock { inner in
      let report = inner.store.update(sources, at: Self.now)
      if report.errors.isEmpty { apply(&inner) }
      return report
    }
    log(report)
    if !report.errors.isEmpty {
      throw FleetError(report.errors.map(\.description).joined(separator: "\n"))
    }
  }

  /// The sources look otherwise than before.
  func update(_ sources: [SourceFile]) {
    let report = inner.withLock { inner in
      let version = inner.store.version
      let report = inner.store.update(sources, at: Self.now)
      if inner.store.version != version { apply(&inner) }
      return report
    }
    log(report)
  }

  /// A Kubernetes API server has told something.
  func update(_ events: [PoolWatchEvent]) {
    inner.withLock { inner in
      var isChanged = false
      for event in events where inner.kubernetes.take(event) { isChanged = true }
      if isChanged { apply(&inner) }
    }
  }

  /// `kubectl apply`.
  func apply(_ text: String, namespace: String, file: String) -> CommandAnswer {
    let result = inner.withLock { inner in
      let version = inner.store.version
      let result = inner.store.apply(text, defaultNamespace: namespace, file: file, at: Self.now)
      if inner.store.version != version { apply(&inner) }
      return result
    }
    for warning in result.warnings { state.logger.warning("\(warning)") }
    guard result.errors.isEmpty else {
      return .failed(result.errors.map { "error: \($0)" }.joined(separator: "\n"))
    }
    return .done(result.changes.map(\.description).joined(separator: "\n"))
  }

  /// `kubectl delete` of one object.
  func delete(kind: String, name: String, namespace: String) -> CommandAnswer {
    let result = inner.withLock { inner in
      let result = inner.store.delete(kind: kind, name: name, namespace: namespace, at: Self.now)
      if case .deleted = result { apply(&inner) }
      return result
    }
    switch result {
    case .deleted(let line): return .done(line)
    case .failed(let line): return .failed(line)
    }
  }

  /// `kubectl delete -f`: every object of `text`, in order.
  func delete(_ text: String, namespace: String, file: String) -> CommandAnswer {
    let read = SourceText(text, file: file, namespace: namespace).file
    guard read.errors.isEmpty else {
      return .failed(read.errors.map { "error: \($0)" }.joined(separator: "\n"))
    }
    var lines: [String] = []
    var failures: [String] = []
    inner.withLock { inner in
      for object in read.objects {
        switch inner.store.delete(object.resource, at: Self.now) {
        case .deleted(let line)?: lines.append(line)
        case .failed(let line)?: failures.append(line)
        case nil: break
        }
      }
      if !lines.isEmpty { apply(&inner) }
    }
    return failures.isEmpty ? .done(lines.joined(separator: "\n")) : .failed((lines + failures).joined(separator: "\n"))
  }

  /// `kubectl get`.
  func table(kind: String, name: String?, namespace: String?) -> CommandAnswer {
    let result = inner.withLock { inner in
      inner.store.table(
        kind: kind, name: name, namespace: namespace, pods: inner.replicas.podStatus, at: Self.now)
    }
    switch result {
    case .table(let text): return .done(text)
    case .empty(let line): return .nothing(line)
    case .failed(let line): return .failed(line)
    }
  }

  /// Lets go of replicas that have finished, and takes note of those that have become ready.
  func keepHouse() {
    inner.withLock { inner in
      let finished = inner.replicas.takeFinished(at: Self.now)
      if !finished.isEmpty {
        http.onEveryLoop { [state] loop in state.share(of: loop.index)?.bound.value.forget(finished) }
        for replica in finished { replica.server.detach() }
      }
      if inner.readiness != inner.replicas.readiness { publish(&inner, starting: []) }
    }
  }

  // MARK: - From objects to the topology

  private func apply(_ inner: inout Inner) {
    let plan = ReplicaPlanner(inner.objects, simulates: state.configuration.simulatesPods)
    for problem in plan.problems { state.logger.error("\(problem)") }
    var wanted: [(ReplicaSpecification, ServerConfiguration)] = []
    var configurations: [ContainerCommand: ServerConfiguration] = [:]
    for specification in plan.replicas {
      // The store has refused what cannot be configured, so this does not fail but for a file that went away since.
      guard let configuration = inner.configurations[specification.command] ?? configured(specification) else {
        continue
      }
      configurations[specification.command] = configuration
      wanted.append((specification, configuration))
    }
    inner.configurations = configurations
    let change = inner.replicas.reconcile(wanted, at: Self.now)
    updateRewrites(&inner)
    // A retired replica's port is closed at once, as a terminating pod leaves its Service, and may be another's then.
    for replica in change.retired where replica.openPort != nil { http.stopListening(tag: replica.id) }
    publish(&inner, starting: change.started)
    for replica in change.started { open(replica) }
  }

  private func configured(_ specification: ReplicaSpecification) -> ServerConfiguration? {
    do throws(ReplicaConfigurationError) {
      return try configure(specification.command)
    } catch {
      state.logger.error("\(specification.position): \(specification.name): \(error.reason)")
      return nil
    }
  }

  /// Opens the replica's own port.
  private func open(_ replica: Replica) {
    guard let port = replica.openPort else { return }
    do throws(ServerError) {
      http.listen(try ListeningSocket(.tcp(host: "127.0.0.1", port: port)), tag: replica.id)
    } catch {
      state.logger.error("\(replica.specification.name) has no port of its own: \(error)")
    }
  }

  private func updateRewrites(_ inner: inout Inner) {
    let objects = inner.objects
    var pools: Set<PoolID> = []
    for case .inferencePool(let pool) in objects.map(\.resource) { pools.insert(pool.id) }
    let rewrites = objects.rewrites
    let seen = Set(rewrites.map(\.id))
    if pools.isEmpty, let id = state.configuration.picker.discoveryPool { pools.insert(id) }
    let gone = inner.rewrites.subtracting(seen)
    let formerPools = Set(inner.pools.keys)
    state.rewrites.withLock { store in
      for id in gone { store.remove(id) }
      for pool in formerPools.subtracting(pools) { store.removePool(pool) }
      for pool in pools { store.addPool(pool) }
      for rewrite in rewrites { store.set(rewrite) }
    }
    inner.rewrites = seen
  }

  private func publish(_ inner: inout Inner, starting started: [Replica]) {
    let builder = TopologyBuilder(
      objects: inner.objects, replicas: inner.replicas.current, endpoints: state.configuration.endpoints,
      scraping: state.configuration.scraping, simulatesPods: state.configuration.simulatesPods,
      discoveryPool: state.configuration.picker.discoveryPool)
    var plan = builder.build(
      remotes: &inner.remotes,
      entrance: { pool in
        if let known = inner.pools[pool] { return known }
        inner.nextPickerSeed &+= 1
        return PoolEntrance(
          PoolPicker(
            pool: pool, configuration: state.configuration.scheduler, staleness: state.configuration.staleness,
            metricsStaleness: state.configuration.scraping.staleness, seed: inner.nextPickerSeed, log: state.picks),
          metrics: state.flowMetrics)
      })

    plan.topology.version = inner.store.version
    let topology = plan.topology
    // Those who wait in the flow control of a pool that goes are told.
    for (pool, entrance) in inner.pools where topology.pools[pool] == nil {
      entrance.admitter.shutDown(at: Clock.monotonic)
    }
    inner.pools = topology.pools
    inner.readiness = inner.replicas.readiness
    for warning in topology.routes.warnings where inner.routeWarnings.insert(warning).inserted {
      state.logger.warning("\(warning)")
    }
    state.splits.withLock { $0.adopt(topology.routes) }
    // No pick leads a loop to a server that it does not have, and no route to a pool whose endpoints are not there yet or
    // no longer: loops get the new servers, pickers get them beside the old ones, loops the topology, pickers drop the old.
    http.onEveryLoop { [state] loop in
      state.share(of: loop.index)?.bound.value.prepare(starting: started, remotes: topology.remotes)
    }
    plan.release(beside: inner.endpoints, at: Clock.monotonic)
    state.topology = topology
    http.onEveryLoop { [state] loop in state.share(of: loop.index)?.bound.value.adopt(topology) }
    plan.release(at: Clock.monotonic)
    inner.endpoints = plan.endpoints
    let listeners = state.configuration.picker.listeners
    state.setSynced(
      (state.configuration.picker.kubernetes == nil || inner.kubernetes.isSynced)
        && listeners.allSatisfy { topology.entrance($0.pool) != nil })
    let now = Clock.monotonic
    for entrance in topology.pools.values where entrance.admitter.isFlowControlled { entrance.admitter.pump(at: now) }
  }

  // MARK: - Reports

  private func log(_ report: ClusterReport) {
    for error in report.errors { state.logger.error("\(error)") }
    for warning in report.warnings { state.logger.warning("\(warning)") }
    for skipped in report.skipped { state.logger.info("\(skipped)") }
    for change in report.changes { state.logger.info("\(change)") }
  }

  /// The number of requests that are being answered anywhere.
  var openRequests: Int {
    let direct = inner.withLock { inner in
      inner.replicas.current.values.reduce(0) { $0 + $1.server.openRequests }
        + inner.replicas.retired.reduce(0) { $0 + $1.server.openRequests }
    }
    // One request may be seen at all three.
    return max(
      direct, state.openRequests.load(ordering: .relaxed), state.directedRequests.load(ordering: .relaxed))
  }

  /// There is something to keep house about. Never waits, so that a loop may ask: while a change is being made, which
  /// waits for the loops, the answer is no.
  var hasHousework: Bool {
    inner.withLockIfAvailable { inner in
      !inner.replicas.retired.isEmpty || inner.readiness != inner.replicas.readiness
    } ?? false
  }

  /// Seconds since 1970.
  private static var now: Int64 { Clock.realtime / 1_000_000_000 }
}
