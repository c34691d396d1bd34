/// The rewrites of all pools.
///
/// A rewrite whose pool is not there is kept, has no effect on any other pool, and is listed as dangling; it takes
/// effect when the pool comes.
public struct RewriteStore: Sendable {
  /// How targets are chosen.
  public let mode: SplitMode
  private var tables: [PoolID: RewriteTable] = [:]
  private var pools: [ResourceID: PoolID] = [:]
  private var references = PoolReferences()

  /// No pools and no rewrites.
  public init(mode: SplitMode = .random) { self.mode = mode }

  /// References to pools that are not there, in the order of the objects' ids.
  public var danglingReferences: [DanglingReference] { references.dangling }

  /// Says that `pool` is there.
  public mutating func addPool(_ pool: PoolID) { references.add(pool) }
  /// Says that `pool` is not there any more; its rewrites stay.
  public mutating func removePool(_ pool: PoolID) { references.remove(pool) }

  /// Adds `rewrite`, or puts it in the place of the one with its id, even if that was another pool's.
  public mutating func set(_ rewrite: InferenceModelRewrite) {
    if let old = pools[rewrite.id], old != rewrite.pool { remove(rewrite.id) }
    tables[rewrite.pool, default: RewriteTable(mode: mode)].set(rewrite)
    pools[rewrite.id] = rewrite.pool
    references.set(rewrite.id, refersTo: rewrite.pool)
  }

  /// Takes out the object `id`; false when it is not there.
  @discardableResult public mutating func remove(_ id: ResourceID) -> Bool {
    guard let pool = pools.removeValue(forKey: id) else { return false }
    references.remove(id)
    tables[pool]?.remove(id)
    if tables[pool]?.isEmpty == true { tables[pool] = nil }
    return true
  }

  /// The rewrites that refer to `pool`, whether it is there or not.
  public subscript(pool: PoolID) -> RewriteTable { tables[pool] ?? RewriteTable(mode: mode) }

  /// The pools that would rewrite `model` by an exact rule, in the order of their ids.
  public func pools(rewriting model: String) -> [PoolID] {
    tables.filter { references.pools.contains($0.key) && $0.value.hasExactRule(for: model) }.keys.sorted()
  }

  /// Finds the model to ask `pool` for: see ``RewriteTable/resolve(model:preset:genericModelFallback:using:)``.
  public mutating func resolve(
    model: String?, for pool: PoolID, preset: String? = nil, genericModelFallback: Bool = false,
    using generator: inout some RandomNumberGenerator
  ) throws(InferenceError) -> ModelResolution {
    guard let index = tables.index(forKey: pool) else {
      var none = RewriteTable(mode: mode)
      return try none.resolve(
        model: model, preset: preset, genericModelFallback: genericModelFallback, using: &generator)
    }
    return try tables.values[index].resolve(
      model: model, preset: preset, genericModelFallback: genericModelFallback, using: &generator)
  }
}
