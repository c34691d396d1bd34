internal import EndpointPicking

/// Finds pools that send requests to the same port of the same pods: each picks as if the other's did not exist.
struct PoolOverlaps {
  private struct Claim: Hashable {
    let namespace: String
    let title: String
    let port: Int
  }

  /// The first pool that claims a port of a pod.
  private var owners: [Claim: PoolID] = [:]

  /// Adds a pool and the pods that it selects; what it claims that earlier ones have, once for each pool and port.
  mutating func add(_ pool: InferencePool, selecting pods: [ClusterReview.Selectable]) -> [String] {
    var problems: [String] = []
    for port in pool.targetPorts {
      var rivals: Set<PoolID> = []
      for pod in pods {
        let claim = Claim(namespace: pool.id.namespace, title: pod.title, port: port)
        guard let owner = owners[claim] else {
          owners[claim] = pool.id
          continue
        }
        guard rivals.insert(owner).inserted else { continue }
        problems.append("port \(port) of \(pod.title) is also claimed by InferencePool \(owner)")
      }
    }
    return problems
  }
}
