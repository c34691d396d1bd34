internal import EndpointPicking
internal import Logging
internal import ModelServer

/// The replicas that are up, and those that finish their last requests.
struct ReplicaSet {
  /// What one change of the manifests did.
  struct Change {
    var started: [Replica] = []
    var retired: [Replica] = []
  }

  /// In service, by pod name.
  private(set) var current: [NamespacedName: Replica] = [:]
  /// Out of service, still answering.
  private(set) var retired: [Replica] = []
  /// When each of them went out of service, by its number.
  private var retiredAt: [Int: Int64] = [:]
  private var nextID = FleetListener.firstReplica
  private var ordinals: Set<Int> = []

  let basePort: Int?
  let loopCount: Int
  let logger: Logger

  init(basePort: Int?, loopCount: Int, logger: Logger) {
    self.basePort = basePort
    self.loopCount = loopCount
    self.logger = logger
  }

  /// Brings up what `wanted` adds and takes out of service what it lacks; pods whose labels alone changed stay up.
  mutating func reconcile(
    _ wanted: [(ReplicaSpecification, ServerConfiguration)], at seconds: Int64
  ) -> Change {
    var change = Change()
    var next: [NamespacedName: Replica] = [:]
    var missing: [(ReplicaSpecification, ServerConfiguration)] = []
    for (specification, configuration) in wanted {
      guard next[specification.name] == nil else { continue }
      if let known = current[specification.name], known.specification.command == specification.command,
        known.specification.port == specification.port
      {
        next[specification.name] = known.relabelled(specification)
      } else {
        missing.append((specification, configuration))
      }
    }
    for (name, replica) in current where next[name]?.id != replica.id {
      replica.server.beginDraining()
      change.retired.append(replica)
      retiredAt[replica.id] = seconds
      ordinals.remove(replica.ordinal)
    }
    retired += change.retired
    for (specification, configuration) in missing {
      let replica = Replica(
        id: nextID, ordinal: takeOrdinal(), specification: specification, configuration: configuration,
        basePort: basePort, loopCount: loopCount, created: seconds, logger: logger)
      nextID += 1
      next[specification.name] = replica
      change.started.append(replica)
    }
    current = next
    return change
  }

  /// The retired replicas that have answered everything; they are forgotten.
  ///
  /// Not within a second of leaving service: a pick that was made just before may still be on its way to the replica.
  mutating func takeFinished(at seconds: Int64) -> [Replica] {
    let isFinished = { [retiredAt] (replica: Replica) in
      replica.server.openRequests == 0 && seconds - (retiredAt[replica.id] ?? 0) >= 2
    }
    let finished = retired.filter(isFinished)
    retired.removeAll { replica in finished.contains { $0.id == replica.id } }
    for replica in finished { retiredAt[replica.id] = nil }
    return finished
  }

  /// The lowest place that is free.
  private mutating func takeOrdinal() -> Int {
    var ordinal = 0
    while !ordinals.insert(ordinal).inserted { ordinal += 1 }
    return ordinal
  }
}
