/// Sets of endpoint handles, as rows of bits in one array.
///
/// Most blocks are held by one endpoint and need no set; a block of a shared prompt is held by many.
struct HolderSets: Sendable {
  /// 64-bit words per set.
  private(set) var words = 1
  private var bits: [UInt64] = []
  private var free: [Int32] = []

  /// Makes room for handles up to `handle`.
  mutating func makeRoom(for handle: Int) {
    var needed = words
    while handle >= needed * 64 { needed *= 2 }
    guard needed > words else { return }
    var wider = [UInt64](repeating: 0, count: bits.count / words * needed)
    for row in 0..<(bits.count / words) {
      for word in 0..<words { wider[row * needed + word] = bits[row * words + word] }
    }
    bits = wider
    words = needed
  }

  /// A new set of two handles.
  mutating func make(_ a: Int, _ b: Int) -> Int32 {
    let row: Int32
    if let reused = free.popLast() {
      row = reused
    } else {
      row = Int32(bits.count / words)
      bits.append(contentsOf: repeatElement(0, count: words))
    }
    insert(a, into: row)
    insert(b, into: row)
    return row
  }

  /// Adds a handle.
  mutating func insert(_ handle: Int, into row: Int32) {
    bits[Int(row) * words + handle / 64] |= 1 << UInt64(handle % 64)
  }

  /// Takes a handle out. When one is left, the set is dissolved and that one is returned.
  mutating func remove(_ handle: Int, from row: Int32) -> Int? {
    let start = Int(row) * words
    bits[start + handle / 64] &= ~(1 << UInt64(handle % 64))
    var last = -1
    for word in 0..<words where bits[start + word] != 0 {
      let value = bits[start + word]
      if last >= 0 || value & (value &- 1) != 0 { return nil }
      last = word * 64 + value.trailingZeroBitCount
    }
    guard last >= 0 else { return nil }
    bits[start + last / 64] = 0
    free.append(row)
    return last
  }

  /// The bits of handles 64 * `word` to 64 * `word` + 63.
  @inline(__always)
  func word(_ word: Int, of row: Int32) -> UInt64 { bits[Int(row) &* words &+ word] }
}
