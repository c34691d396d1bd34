/// An object that refers to a pool that is not there: it is kept, and has no effect until the pool comes.
public struct DanglingReference: Hashable, Sendable, CustomStringConvertible {
  /// What may be wrong.
  public enum Reason: Hashable, Sendable {
    /// No pool has that name.
    case noSuchPool
    /// The namespace has a pool of that name, in another API group.
    case otherGroup(PoolID)
    /// A pool of that name is in another namespace, where references cannot reach it.
    case otherNamespace(PoolID)
  }

  /// What refers.
  public var object: ResourceID
  /// What it refers to.
  public var pool: PoolID
  /// Why that leads nowhere.
  public var reason: Reason

  /// One line for a warning.
  public var description: String {
    let base = "\(object) has no effect: "
    return switch reason {
    case .noSuchPool: base + "there is no InferencePool \(pool)"
    case .otherGroup(let other): base + "its poolRef names the group \(pool.group), the pool is in \(other.group)"
    case .otherNamespace(let other):
      base + "there is no InferencePool \(pool); the one in namespace \(other.namespace) is out of its reach"
    }
  }
}
