import Simulation
import Testing

@testable import EndpointPicking

@Suite struct PoolMembershipTests {
  private let pool = InferencePool(
    metadata: ObjectMetadata(name: "pool"), matchLabels: ["app": "vllm"], targetPorts: [8000, 8001])

  private func pod(_ name: String = "p", _ change: (inout Pod) -> Void = { _ in }) -> Pod {
    var pod = Pod(metadata: ObjectMetadata(name: name), labels: ["app": "vllm", "zone": "a"], ip: "10.0.0.1")
    change(&pod)
    return pod
  }

  private func ids(_ name: String, _ ranks: Int...) -> [EndpointID] {
    ranks.map { EndpointID(namespace: "default", name: name, rank: $0) }
  }

  private func changes(_ change: (inout Pod) -> Void) -> MembershipChange? {
    var membership = PoolMembership()
    membership.set(pool)
    membership.set(pod())
    let all = membership.set(pod("p", change))
    #expect(all.count < 2)
    return all.first
  }

  @Test func aPodIsOneEndpointPerPort() {
    var membership = PoolMembership()
    #expect(membership.set(pod()).isEmpty)
    let change = membership.set(pool)
    #expect(change.added == ids("p", 0, 1))
    let endpoints = membership.endpoints(of: pool.id)
    #expect(endpoints.map(\.id) == ids("p", 0, 1))
    #expect(endpoints.map(\.authority) == ["10.0.0.1:8000", "10.0.0.1:8001"])
    #expect(endpoints.allSatisfy { $0.labels["zone"] == "a" && $0.metrics.updatedAt == nil })
    #expect(membership.set(pod()).isEmpty)
  }

  @Test func whatMakesAPodNoEndpoint() {
    #expect(changes { $0.isReady = false }?.removed == ids("p", 0, 1))
    #expect(changes { $0.isTerminating = true }?.removed == ids("p", 0, 1))
    #expect(changes { $0.ip = nil }?.removed == ids("p", 0, 1))
    #expect(changes { $0.ip = "" }?.removed == ids("p", 0, 1))
    #expect(changes { $0.labels = ["app": "other"] }?.removed == ids("p", 0, 1))
    #expect(changes { $0.labels = [:] }?.removed == ids("p", 0, 1))
    #expect(changes { $0.activePorts = [8001, 9] }?.removed == ids("p", 0))
    #expect(changes { $0.activePorts = [] }?.removed == ids("p", 0, 1))
  }

  @Test func whatChangesAnEndpoint() {
    #expect(changes { $0.ip = "10.0.0.2" }?.updated == ids("p", 0, 1))
    #expect(changes { $0.labels["zone"] = "b" }?.updated == ids("p", 0, 1))
    #expect(changes { $0.activePorts = [8000, 8001] } == nil)
    #expect(changes { $0.metadata.resourceVersion = "2" } == nil)
  }

  @Test func otherNamespacesAreOutOfReach() {
    var membership = PoolMembership()
    membership.set(pool)
    #expect(membership.set(pod { $0.metadata.name.namespace = "other" }).isEmpty)
    #expect(membership.endpoints(of: pool.id).isEmpty)
  }

  @Test func poolsChange() {
    var membership = PoolMembership()
    membership.set(pod("p"))
    membership.set(pod("q") { $0.labels["zone"] = "b" })
    membership.set(pool)
    var edited = pool
    edited.matchLabels["zone"] = "b"
    #expect(membership.set(edited).removed == ids("p", 0, 1))
    edited.targetPorts = [8000]
    #expect(membership.set(edited).removed == ids("q", 1))
    edited.targetPorts = [9000]
    #expect(membership.set(edited).updated == ids("q", 0))
    edited.matchLabels = [:]
    #expect(membership.set(edited).added == ids("p", 0))
    #expect(membership.removePool(pool.id).removed == ids("p", 0) + ids("q", 0))
    #expect(membership.removePool(pool.id).isEmpty)
    #expect(membership.endpoints(of: pool.id).isEmpty && membership.pools.isEmpty)
  }

  /// Random changes; the endpoints are those of a search through everything, and the changes lead from each to the next.
  @Test(arguments: 0..<8 as Range<UInt64>) func agreesWithSearch(seed: UInt64) {
    var bits = SplitMix64(seed: seed)
    var membership = PoolMembership()
    var pods: [NamespacedName: Pod] = [:]
    var pools: [PoolID: InferencePool] = [:]
    var known: [PoolID: Set<EndpointID>] = [:]
    for step in 0..<400 {
      var changes: [MembershipChange] = []
      switch bits.pick(0...5) {
      case 0:
        let pool = randomPool(&bits)
        pools[pool.id] = pool
        changes = [membership.set(pool)]
      case 1:
        let id = randomPool(&bits).id
        pools[id] = nil
        changes = [membership.removePool(id)]
      case 2:
        let name = randomPod(&bits).metadata.name
        pods[name] = nil
        changes = membership.removePod(name)
      default:
        let pod = randomPod(&bits)
        pods[pod.metadata.name] = pod
        changes = membership.set(pod)
      }
      for change in changes {
        #expect(known[change.pool, default: []].isDisjoint(with: change.added))
        #expect(known[change.pool, default: []].isSuperset(of: change.updated + change.removed))
        known[change.pool, default: []].formUnion(change.added)
        known[change.pool, default: []].subtract(change.removed)
      }
      for (id, pool) in pools {
        let expected = Self.search(pool, pods)
        #expect(membership.endpoints(of: id) == expected, "step \(step)")
        #expect(known[id, default: []] == Set(expected.map(\.id)), "step \(step)")
      }
      for (id, endpoints) in known where pools[id] == nil { #expect(endpoints.isEmpty) }
    }
  }

  private func randomPool(_ bits: inout SplitMix64) -> InferencePool {
    InferencePool(
      metadata: ObjectMetadata(name: "pool\(bits.pick(0...2))", namespace: "n\(bits.pick(0...1))"),
      matchLabels: [[:], ["app": "a"], ["app": "b"], ["app": "a", "zone": "x"]][bits.pick(0...3)],
      targetPorts: [[8000], [8000, 8001], [9000, 8000, 8001]][bits.pick(0...2)])
  }

  private func randomPod(_ bits: inout SplitMix64) -> Pod {
    Pod(
      metadata: ObjectMetadata(name: "pod\(bits.pick(0...9))", namespace: "n\(bits.pick(0...1))"),
      labels: [["app": "a"], ["app": "b"], ["app": "a", "zone": "x"], [:]][bits.pick(0...3)],
      ip: [nil, "10.0.0.1", "10.0.0.2", "fd00::1"][bits.pick(0...3)], isReady: bits.pick(0...4) > 0,
      isTerminating: bits.pick(0...5) == 0, activePorts: [nil, nil, [8001], [8000, 9000]][bits.pick(0...3)])
  }

  private static func search(_ pool: InferencePool, _ pods: [NamespacedName: Pod]) -> [Endpoint] {
    var found: [Endpoint] = []
    for pod in pods.values where pod.metadata.name.namespace == pool.metadata.name.namespace {
      guard pod.isReady, !pod.isTerminating, let ip = pod.ip else { continue }
      if pool.matchLabels.contains(where: { pod.labels[$0.key] != $0.value }) { continue }
      for (rank, port) in pool.targetPorts.enumerated() where pod.activePorts?.contains(port) ?? true {
        let id = EndpointID(namespace: pod.metadata.name.namespace, name: pod.metadata.name.name, rank: rank)
        found.append(Endpoint(id: id, address: ip, port: port, labels: pod.labels))
      }
    }
    return found.sorted { $0.id < $1.id }
  }
}
