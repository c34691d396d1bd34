/// Gives endpoints small numbers, handles, that stay the same from snapshot to snapshot, so that what is learned of
/// endpoints lies in arrays.
struct EndpointRegistry: Sendable {
  private struct Entry {
    var id: EndpointID
    /// The snapshot that last had the endpoint.
    var epoch: UInt64
  }

  private var handles: [EndpointID: Int] = [:]
  private var entries: [Entry?] = []
  private var free: [Int] = []
  private var epoch: UInt64 = 0
  /// How often a handle was given to another endpoint.
  private(set) var generations: [UInt32] = []

  /// One more than the highest handle.
  var count: Int { entries.count }

  /// The handles of all endpoints of a new snapshot, in their order.
  mutating func register(_ endpoints: [Endpoint]) -> [Int] {
    epoch += 1
    return endpoints.map { endpoint in
      let handle = handles[endpoint.id] ?? add(endpoint.id)
      entries[handle]?.epoch = epoch
      return handle
    }
  }

  /// The handle of an endpoint of the latest snapshot.
  func handle(of id: EndpointID) -> Int? {
    guard let handle = handles[id], entries[handle]?.epoch == epoch else { return nil }
    return handle
  }

  /// The endpoint of a handle that has not been given up.
  func id(of handle: Int) -> EndpointID? { entries.indices.contains(handle) ? entries[handle]?.id : nil }

  /// Gives up the handles of endpoints that the latest snapshot lacked, and returns them.
  mutating func removeAbsent() -> [Int] {
    var removed: [Int] = []
    for handle in entries.indices {
      guard let entry = entries[handle], entry.epoch != epoch else { continue }
      handles[entry.id] = nil
      entries[handle] = nil
      generations[handle] &+= 1
      free.append(handle)
      removed.append(handle)
    }
    return removed
  }

  private mutating func add(_ id: EndpointID) -> Int {
    let handle: Int
    if let reused = free.popLast() {
      handle = reused
      entries[handle] = Entry(id: id, epoch: epoch)
    } else {
      handle = entries.count
      entries.append(Entry(id: id, epoch: epoch))
      generations.append(0)
    }
    handles[id] = handle
    return handle
  }
}
