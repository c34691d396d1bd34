/// What became of one pool's endpoints.
public struct MembershipChange: Hashable, Sendable {
  /// The pool.
  public var pool: PoolID
  /// Endpoints that requests can go to from now on, in the order of their ids.
  public var added: [EndpointID] = []
  /// Endpoints that have another address, port or other labels than before.
  public var updated: [EndpointID] = []
  /// Endpoints that no request goes to any more.
  public var removed: [EndpointID] = []

  /// Nothing changed.
  public var isEmpty: Bool { added.isEmpty && updated.isEmpty && removed.isEmpty }

  init(pool: PoolID) { self.pool = pool }

  mutating func note(_ id: EndpointID, from old: Endpoint?, to new: Endpoint?) {
    switch (old, new) {
    case (nil, nil): break
    case (nil, _): added.append(id)
    case (_, nil): removed.append(id)
    case (let old?, let new?): if old != new { updated.append(id) }
    }
  }
}
