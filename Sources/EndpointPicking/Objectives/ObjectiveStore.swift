/// The objectives and InferenceModels of all pools.
///
/// One whose pool is not there is kept, has no effect on any other pool, and is listed as dangling.
public struct ObjectiveStore: Sendable {
  private var tables: [PoolID: ObjectiveTable] = [:]
  private var pools: [ResourceID: PoolID] = [:]
  private var references = PoolReferences()

  /// No pools and no objectives.
  public init() {}

  /// References to pools that are not there, in the order of the objects' ids.
  public var danglingReferences: [DanglingReference] { references.dangling }

  /// Says that `pool` is there.
  public mutating func addPool(_ pool: PoolID) { references.add(pool) }
  /// Says that `pool` is not there any more; its objectives stay.
  public mutating func removePool(_ pool: PoolID) { references.remove(pool) }

  /// Adds `objective`, or puts it in the place of the one with its id.
  public mutating func set(_ objective: InferenceObjective) {
    move(objective.id, to: objective.pool)
    tables[objective.pool, default: ObjectiveTable()].set(objective)
  }

  /// Adds `model`, or puts it in the place of the one with its id. Its rewrite goes into a ``RewriteStore``.
  public mutating func set(_ model: InferenceModel) {
    move(model.id, to: model.pool)
    tables[model.pool, default: ObjectiveTable()].set(model)
  }

  /// Takes out the object `id`; false when it is not there.
  @discardableResult public mutating func remove(_ id: ResourceID) -> Bool {
    guard let pool = pools.removeValue(forKey: id) else { return false }
    references.remove(id)
    tables[pool]?.remove(id)
    if tables[pool]?.isEmpty == true { tables[pool] = nil }
    return true
  }

  /// The priority of a request to `pool`: see ``ObjectiveTable/priority(objective:model:)``.
  public func priority(objective: String?, model: String, in pool: PoolID) -> Int {
    tables[pool]?.priority(objective: objective, model: model) ?? 0
  }

  private mutating func move(_ id: ResourceID, to pool: PoolID) {
    if let old = pools[id], old != pool { remove(id) }
    pools[id] = pool
    references.set(id, refersTo: pool)
  }
}
