/// The KV cache, counted in blocks.
struct BlockPool: Sendable {
  let blockSize: Int
  let total: Int
  private(set) var used = 0

  init(total: Int, blockSize: Int) {
    precondition(total >= 0 && blockSize >= 1, "a KV cache has blocks of at least one token")
    self.total = total
    self.blockSize = blockSize
  }

  var free: Int { total - used }

  /// The tokens that all blocks hold.
  var capacityTokens: Int {
    let (tokens, overflow) = total.multipliedReportingOverflow(by: blockSize)
    return overflow ? Int.max : tokens
  }

  /// The blocks for `tokens` of one sequence, never more than there are.
  ///
  /// The last token of a sequence that fills the cache needs no room: nothing after it would read it.
  func blocks(for tokens: Int) -> Int {
    let full = tokens / blockSize
    return min(total, tokens % blockSize == 0 ? full : full + 1)
  }

  mutating func take(_ count: Int) {
    assert(count >= 0 && count <= free, "more blocks than are free")
    used += count
  }

  mutating func give(_ count: Int) {
    assert(count >= 0 && count <= used, "more blocks than are used")
    used -= count
  }
}
