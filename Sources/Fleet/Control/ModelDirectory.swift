internal import EndpointPicking
internal import ModelServer

/// Which pool takes a model's requests when no route says it, and what the model list shows.
///
/// Made anew with every change of the objects. Adapters that come and go meanwhile are looked up in the servers.
struct ModelDirectory: Sendable {
  /// A pool and the servers that are in it.
  struct Member: Sendable {
    var pool: PoolID
    /// Those in this process.
    var replicas: [Replica]
    /// Those elsewhere.
    var remotes: [RemoteServer]
  }

  /// A name that only a rewrite knows.
  struct Alias: Sendable {
    var pool: PoolID
    /// The first of the names that it stands for.
    var target: String
  }

  /// In the order of the pools' ids.
  let members: [Member]
  /// Names that rewrites match exactly.
  let aliases: [String: Alias]
  /// Pools that rewrite every name.
  let genericPools: [PoolID]
  private let served: [String: PoolID]
  /// An adapter's base model, and every model's own name.
  private let bases: [String: String]

  init(members: [Member], rewrites: [InferenceModelRewrite], pools: Set<PoolID>) {
    self.members = members
    var aliases: [String: Alias] = [:]
    var generic: Set<PoolID> = []
    for rewrite in rewrites where pools.contains(rewrite.pool) {
      for rule in rewrite.rules {
        guard let target = rule.targets.first?.modelRewrite else { continue }
        if rule.models.isEmpty { generic.insert(rewrite.pool) }
        for name in rule.models where aliases[name] == nil { aliases[name] = Alias(pool: rewrite.pool, target: target) }
      }
    }
    self.aliases = aliases
    genericPools = generic.sorted()
    var served: [String: PoolID] = [:]
    var bases: [String: String] = [:]
    for member in members {
      for replica in member.replicas {
        for model in replica.server.models {
          if served[model.name] == nil { served[model.name] = member.pool }
          if bases[model.name] == nil { bases[model.name] = model.parent ?? model.name }
        }
      }
    }
    self.served = served
    self.bases = bases
  }

  /// The pool that serves or rewrites `model`; nil when none does.
  ///
  /// An exact rewrite goes before a server of that name, that before a rewrite of every name, and a server elsewhere
  /// whose models are not known is the last to be asked.
  func pool(for model: String) -> PoolID? {
    if let alias = aliases[model] { return alias.pool }
    if let pool = served[model] { return pool }
    var unknown: PoolID?
    for member in members {
      if member.replicas.contains(where: { $0.server.serves(model) }) { return member.pool }
      for remote in member.remotes {
        switch remote.knows(model) {
        case true?: return member.pool
        case nil: unknown = unknown ?? member.pool
        case false?: break
        }
      }
    }
    return genericPools.first ?? unknown
  }

  /// The base model of an adapter, of a model, or of what an alias stands for; nil for a name that nobody knows.
  func baseModel(of name: String) -> String? {
    if let base = bases[name] { return base }
    if let alias = aliases[name] { return bases[alias.target] ?? alias.target }
    for member in members {
      for replica in member.replicas {
        if let base = replica.server.baseModel(of: name) { return base }
      }
      if member.remotes.contains(where: { $0.knows(name) == true }) { return name }
    }
    return nil
  }
}
