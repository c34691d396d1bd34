/// A pool and its endpoints, in the order of their ids.
struct PoolMembers: Sendable {
  let pool: InferencePool
  private(set) var endpoints: [Endpoint] = []

  init(pool: InferencePool) { self.pool = pool }

  /// Adds the endpoints of a new `pod` out of order.
  mutating func append(_ pod: Pod) { endpoints.append(contentsOf: makeEndpoints(pod)) }

  /// Restores the order after `append`.
  mutating func sort() { endpoints.sort { $0.id < $1.id } }

  /// Replaces the endpoints of the pod `name` by those that it has as `pod`.
  mutating func replace(_ name: NamespacedName, by pod: Pod?) -> MembershipChange {
    var change = MembershipChange(pool: pool.id)
    let new = pod.map(makeEndpoints) ?? []
    let start = position(EndpointID(namespace: name.namespace, name: name.name, rank: 0))
    let end = endpoints[start...].firstIndex { !belongs($0, to: name) } ?? endpoints.count
    let old = Array(endpoints[start..<end])  // a slice would make the replacement copy all endpoints
    if old.elementsEqual(new) { return change }
    for rank in pool.targetPorts.indices {
      let id = EndpointID(namespace: name.namespace, name: name.name, rank: rank)
      change.note(id, from: old.first { $0.id == id }, to: new.first { $0.id == id })
    }
    endpoints.replaceSubrange(start..<end, with: new)
    return change
  }

  /// The endpoints that `pod` has in this pool, by rank.
  private func makeEndpoints(_ pod: Pod) -> [Endpoint] {
    guard let address = pod.servingAddress, selects(pod) else { return [] }
    let name = pod.metadata.name
    return pool.targetPorts.enumerated().compactMap { rank, port in
      if let active = pod.activePorts, !active.contains(port) { return nil }
      return Endpoint(
        id: EndpointID(namespace: name.namespace, name: name.name, rank: rank), address: address, port: port,
        labels: pod.labels)
    }
  }

  private func selects(_ pod: Pod) -> Bool { pool.matchLabels.allSatisfy { pod.labels[$0.key] == $0.value } }

  private func belongs(_ endpoint: Endpoint, to name: NamespacedName) -> Bool {
    endpoint.id.name == name.name && endpoint.id.namespace == name.namespace
  }

  /// The first position whose endpoint is not before `id`.
  private func position(_ id: EndpointID) -> Int {
    var low = 0
    var high = endpoints.count
    while low < high {
      let middle = (low + high) / 2
      if endpoints[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
