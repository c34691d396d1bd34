/// Which endpoints each pool has (GIE v1.5, pods of an InferencePool).
///
/// A pod belongs to every pool of its namespace whose labels it has all of, while it is ready, not terminating, and has
/// an address. It is one endpoint per target port of the pool, whose rank is the port's position; ports that its
/// annotation says are not live make none. Pods and pools may come in any order.
public struct PoolMembership: Sendable {
  private var pods: [String: [NamespacedName: Pod]] = [:]
  private var members: [String: [PoolID: PoolMembers]] = [:]

  /// No pods and no pools.
  public init() {}

  /// The pools, in the order of their ids.
  public var pools: [InferencePool] {
    members.values.flatMap(\.values).map(\.pool).sorted { $0.id < $1.id }
  }

  /// The pool `id`; nil when it is not there.
  public func pool(_ id: PoolID) -> InferencePool? { members[id.namespace]?[id]?.pool }

  /// The pod `name`; nil when it is not there.
  public func pod(_ name: NamespacedName) -> Pod? { pods[name.namespace]?[name] }

  /// The endpoints of a pool, in the order of their ids, without metrics; none when the pool is not there.
  public func endpoints(of pool: PoolID) -> [Endpoint] { members[pool.namespace]?[pool]?.endpoints ?? [] }

  /// Adds `pod`, or puts it in the place of the one of its name, and says which pools that changed.
  @discardableResult public mutating func set(_ pod: Pod) -> [MembershipChange] {
    let name = pod.metadata.name
    pods[name.namespace, default: [:]][name] = pod
    return update(name, to: pod)
  }

  /// Takes out the pod `name`, and says which pools that changed.
  @discardableResult public mutating func removePod(_ name: NamespacedName) -> [MembershipChange] {
    guard pods[name.namespace]?.removeValue(forKey: name) != nil else { return [] }
    if pods[name.namespace]?.isEmpty == true { pods[name.namespace] = nil }
    return update(name, to: nil)
  }

  /// Adds `pool`, or puts it in the place of the one with its id, and says what became of its endpoints.
  @discardableResult public mutating func set(_ pool: InferencePool) -> MembershipChange {
    let namespace = pool.id.namespace
    let before = endpoints(of: pool.id)
    var new = PoolMembers(pool: pool)
    for pod in (pods[namespace] ?? [:]).values { new.append(pod) }
    new.sort()
    members[namespace, default: [:]][pool.id] = new
    return Self.difference(of: pool.id, from: before, to: new.endpoints)
  }

  /// Takes out the pool `id`; every endpoint that it had counts as removed.
  @discardableResult public mutating func removePool(_ id: PoolID) -> MembershipChange {
    let before = endpoints(of: id)
    members[id.namespace]?[id] = nil
    if members[id.namespace]?.isEmpty == true { members[id.namespace] = nil }
    return Self.difference(of: id, from: before, to: [])
  }

  private mutating func update(_ name: NamespacedName, to pod: Pod?) -> [MembershipChange] {
    guard let pools = members[name.namespace]?.keys.sorted() else { return [] }
    return pools.compactMap { pool in
      let change = members[name.namespace]?[pool]?.replace(name, by: pod)
      return change.flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  private static func difference(of pool: PoolID, from old: [Endpoint], to new: [Endpoint]) -> MembershipChange {
    var change = MembershipChange(pool: pool)
    var left = old[...]
    var right = new[...]
    while let id = [left.first?.id, right.first?.id].compactMap(\.self).min() {
      change.note(
        id, from: left.first?.id == id ? left.removeFirst() : nil,
        to: right.first?.id == id ? right.removeFirst() : nil)
    }
    return change
  }
}
