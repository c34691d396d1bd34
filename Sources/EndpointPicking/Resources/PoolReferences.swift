/// Who refers to which pool, and which of these pools are there.
struct PoolReferences: Sendable {
  private(set) var pools: Set<PoolID> = []
  private var targets: [ResourceID: PoolID] = [:]

  mutating func add(_ pool: PoolID) { pools.insert(pool) }
  mutating func remove(_ pool: PoolID) { pools.remove(pool) }

  mutating func set(_ object: ResourceID, refersTo pool: PoolID) { targets[object] = pool }
  mutating func remove(_ object: ResourceID) { targets[object] = nil }

  /// The references that lead nowhere, in the order of their objects.
  var dangling: [DanglingReference] {
    targets.filter { !pools.contains($0.value) }.sorted { $0.key < $1.key }
      .map { DanglingReference(object: $0.key, pool: $0.value, reason: reason(of: $0.value)) }
  }

  private func reason(of missing: PoolID) -> DanglingReference.Reason {
    let namesakes = pools.filter { $0.name == missing.name }.sorted()
    if let pool = namesakes.first(where: { $0.namespace == missing.namespace }) { return .otherGroup(pool) }
    if let pool = namesakes.first { return .otherNamespace(pool) }
    return .noSuchPool
  }
}
