/// Which endpoints are thought to hold which prompt blocks (GIE v1.5, approximate prefix cache).
///
/// It learns only from the picker's own decisions and knows nothing of what engines really keep.
struct PrefixIndex: Sendable {
  /// A block's one holder (0 or more), or the complement of its row in `sets`.
  private var holders = BlockTable()
  private var sets = HolderSets()
  private var endpoints: [BlockLRU] = []

  /// Pairs of block and endpoint.
  private(set) var entryCount = 0
  /// Different blocks.
  var blockCount: Int { holders.count }

  /// How many blocks the endpoint is thought to hold.
  func blockCount(of handle: Int) -> Int { endpoints.indices.contains(handle) ? endpoints[handle].count : 0 }

  /// Notes that an endpoint was sent a prompt; beyond `capacity` blocks it forgets the least recently used.
  mutating func record(_ hashes: [UInt64], on handle: Int, capacity: Int) {
    guard handle >= 0, !hashes.isEmpty else { return }
    while endpoints.count <= handle { endpoints.append(BlockLRU()) }
    sets.makeRoom(for: handle)
    for hash in hashes where endpoints[handle].touch(hash) {
      add(handle, to: hash)
    }
    shrink(handle, to: capacity)
  }

  /// Forgets all blocks of an endpoint.
  mutating func remove(_ handle: Int) {
    guard endpoints.indices.contains(handle) else { return }
    shrink(handle, to: 0)
    endpoints[handle] = BlockLRU()
  }

  /// How many of the blocks each endpoint holds, by handle, looking no further than the first block nobody holds.
  func match(_ hashes: [UInt64], handles: Int) -> [Int32] {
    var counts = [Int32](repeating: 0, count: handles)
    guard !hashes.isEmpty, holders.count > 0 else { return counts }
    // Shared blocks are counted 64 endpoints at a time: plane p holds bit p of 64 counters.
    let words = min(sets.words, (handles + 63) / 64)
    let planes = Int.bitWidth - hashes.count.leadingZeroBitCount
    var counters: [UInt64] = []
    for hash in hashes {
      guard let holder = holders.value(of: hash) else { break }
      if holder >= 0 {
        if Int(holder) < handles { counts[Int(holder)] &+= 1 }
        continue
      }
      if counters.isEmpty { counters = [UInt64](repeating: 0, count: words * planes) }
      let row = ~holder
      for word in 0..<words {
        var carry = sets.word(word, of: row)
        var slot = word &* planes
        while carry != 0 {
          let sum = counters[slot]
          counters[slot] = sum ^ carry
          carry &= sum
          slot &+= 1
        }
      }
    }
    spread(counters, planes: planes, into: &counts)
    return counts
  }

  private func spread(_ counters: [UInt64], planes: Int, into counts: inout [Int32]) {
    for slot in counters.indices where counters[slot] != 0 {
      let first = slot / planes * 64
      let weight = Int32(1) << Int32(slot % planes)
      var bits = counters[slot]
      while bits != 0 {
        let handle = first + bits.trailingZeroBitCount
        if handle < counts.count { counts[handle] &+= weight }
        bits &= bits &- 1
      }
    }
  }

  private mutating func shrink(_ handle: Int, to capacity: Int) {
    while endpoints[handle].count > capacity, let evicted = endpoints[handle].evictOldest() {
      remove(handle, from: evicted)
    }
  }

  private mutating func add(_ handle: Int, to hash: UInt64) {
    entryCount += 1
    guard let holder = holders.value(of: hash) else {
      holders.set(hash, to: Int32(handle))
      return
    }
    if holder < 0 {
      sets.insert(handle, into: ~holder)
    } else {
      holders.set(hash, to: ~sets.make(Int(holder), handle))
    }
  }

  private mutating func remove(_ handle: Int, from hash: UInt64) {
    entryCount -= 1
    guard let holder = holders.value(of: hash) else { return }
    if holder >= 0 {
      holders.remove(hash)
    } else if let last = sets.remove(handle, from: ~holder) {
      holders.set(hash, to: Int32(last))
    }
  }
}
