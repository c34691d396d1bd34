/// The blocks that one endpoint is thought to hold, the least recently used going first.
struct BlockLRU: Sendable {
  private var nodes = BlockTable()
  private var hashes: [UInt64] = []
  private var older: [Int32] = []
  private var newer: [Int32] = []
  private var oldest: Int32 = -1
  private var newest: Int32 = -1
  private var free: Int32 = -1

  /// How many blocks there are.
  var count: Int { nodes.count }

  /// Every block, from the least to the most recently used.
  var all: [UInt64] {
    var result: [UInt64] = []
    result.reserveCapacity(count)
    var node = oldest
    while node >= 0 {
      result.append(hashes[Int(node)])
      node = newer[Int(node)]
    }
    return result
  }

  /// Makes `hash` the most recently used block; true when it was not there before.
  mutating func touch(_ hash: UInt64) -> Bool {
    if let node = nodes.value(of: hash) {
      if node != newest {
        unlink(node)
        append(node)
      }
      return false
    }
    let node: Int32
    if free >= 0 {
      node = free
      free = newer[Int(node)]
      hashes[Int(node)] = hash
    } else {
      node = Int32(hashes.count)
      hashes.append(hash)
      older.append(-1)
      newer.append(-1)
    }
    append(node)
    nodes.set(hash, to: node)
    return true
  }

  /// Drops the least recently used block and returns it; nil when there is none.
  mutating func evictOldest() -> UInt64? {
    guard oldest >= 0 else { return nil }
    let node = oldest
    let hash = hashes[Int(node)]
    unlink(node)
    nodes.remove(hash)
    newer[Int(node)] = free
    free = node
    return hash
  }

  private mutating func append(_ node: Int32) {
    older[Int(node)] = newest
    newer[Int(node)] = -1
    if newest >= 0 { newer[Int(newest)] = node } else { oldest = node }
    newest = node
  }

  private mutating func unlink(_ node: Int32) {
    let (before, after) = (older[Int(node)], newer[Int(node)])
    if before >= 0 { newer[Int(before)] = after } else { oldest = after }
    if after >= 0 { older[Int(after)] = before } else { newest = before }
  }
}
