/// A hash table from block hashes to small numbers.
///
/// Keys are hashes already, so they aren't hashed again: that is what makes it several times faster than a Dictionary.
/// Open addressing with linear probing, at most half full; removal moves later entries up.
struct BlockTable: Sendable {
  private var keys: [UInt64] = []
  private var values: [Int32] = []
  private var mask = 0
  /// How many keys there are.
  private(set) var count = 0

  /// The value of `key`, or nil.
  @inline(__always)
  func value(of key: UInt64) -> Int32? {
    guard count > 0 else { return nil }
    let key = Self.stored(key)
    var slot = Int(truncatingIfNeeded: key) & mask
    while keys[slot] != 0 {
      if keys[slot] == key { return values[slot] }
      slot = (slot &+ 1) & mask
    }
    return nil
  }

  /// Sets the value of `key`, whether it is there or not.
  mutating func set(_ key: UInt64, to value: Int32) {
    if (count + 1) * 2 > keys.count { grow() }
    let key = Self.stored(key)
    var slot = Int(truncatingIfNeeded: key) & mask
    while keys[slot] != 0 {
      if keys[slot] == key {
        values[slot] = value
        return
      }
      slot = (slot &+ 1) & mask
    }
    keys[slot] = key
    values[slot] = value
    count += 1
  }

  /// Removes `key` if it is there.
  mutating func remove(_ key: UInt64) {
    guard count > 0 else { return }
    let key = Self.stored(key)
    var hole = Int(truncatingIfNeeded: key) & mask
    while keys[hole] != key {
      if keys[hole] == 0 { return }
      hole = (hole &+ 1) & mask
    }
    count -= 1
    var slot = hole
    while true {
      slot = (slot &+ 1) & mask
      guard keys[slot] != 0 else { break }
      // An entry may fill the hole unless its home lies behind the hole: it could not be found from there.
      let home = Int(truncatingIfNeeded: keys[slot]) & mask
      if (slot &- home) & mask >= (slot &- hole) & mask {
        keys[hole] = keys[slot]
        values[hole] = values[slot]
        hole = slot
      }
    }
    keys[hole] = 0
  }

  private mutating func grow() {
    let (oldKeys, oldValues) = (keys, values)
    let size = max(16, keys.count * 2)
    keys = [UInt64](repeating: 0, count: size)
    values = [Int32](repeating: 0, count: size)
    mask = size - 1
    count = 0
    for (key, value) in zip(oldKeys, oldValues) where key != 0 { set(key, to: value) }
  }

  /// 0 marks a free slot, so the one hash that is 0 shares the key of another.
  @inline(__always)
  private static func stored(_ key: UInt64) -> UInt64 { key == 0 ? 1 : key }
}
