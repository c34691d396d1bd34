/// When endpoints last got a request of whose prompt nobody held anything (llm-d, no-hit-lru-scorer).
struct ColdUse: Sendable {
  private var lastUse: [UInt64] = []
  private var clock: UInt64 = 0
  private var used = 0

  /// Orders endpoints by their last cold request; 0 is never, or too long ago to be remembered.
  @inline(__always)
  func order(_ handle: Int) -> UInt64 { handle < lastUse.count ? lastUse[handle] : 0 }

  /// Notes a cold request; at most `limit` endpoints are remembered.
  mutating func record(_ handle: Int, limit: Int) {
    guard handle >= 0 else { return }
    while lastUse.count <= handle { lastUse.append(0) }
    if lastUse[handle] == 0 { used += 1 }
    clock += 1
    lastUse[handle] = clock
    while used > max(limit, 1),
      let oldest = lastUse.indices.filter({ lastUse[$0] > 0 }).min(by: { lastUse[$0] < lastUse[$1] })
    {
      remove(oldest)
    }
  }

  /// Forgets an endpoint.
  mutating func remove(_ handle: Int) {
    guard handle < lastUse.count, lastUse[handle] > 0 else { return }
    lastUse[handle] = 0
    used -= 1
  }
}
