extension ReplicaSet {
  /// Which of the replicas in service are ready, in an order that does not change by itself.
  var readiness: [Bool] { current.sorted { $0.key < $1.key }.map(\.value.server.isReady) }

  /// All replicas as `kubectl get` shows pods, those on their way out included.
  var podStatus: [PodStatus] {
    let serving = current.values.map { ($0, false) }
    return (serving + retired.map { ($0, true) }).map { replica, isTerminating in
      PodStatus(
        name: replica.specification.name, workload: replica.specification.owner?.kind,
        workloadName: replica.specification.owner?.name, isReady: replica.server.isReady,
        isTerminating: isTerminating, created: replica.created)
    }
  }
}
