/// Things of different age, of which the oldest counts.
struct OldestFirst<Value: Sendable>: Sendable {
  private var entries: [(key: Key, value: Value)] = []

  /// Age, and the kind for objects of different kinds with one name.
  struct Key: Hashable, Sendable, Comparable {
    let age: ObjectAge
    let kind: ResourceKind

    static func < (a: Key, b: Key) -> Bool { a.age == b.age ? a.kind < b.kind : a.age < b.age }
  }

  var isEmpty: Bool { entries.isEmpty }
  /// That of the oldest.
  var oldest: Value? { entries.first?.value }

  /// Adds `value`, or replaces the one with the same key.
  mutating func set(_ value: Value, for key: Key) {
    let index = position(of: key)
    if index < entries.count, entries[index].key == key {
      entries[index].value = value
    } else {
      entries.insert((key, value), at: index)
    }
  }

  /// Takes out the one with this key, if there is one.
  mutating func remove(_ key: Key) {
    let index = position(of: key)
    if index < entries.count, entries[index].key == key { entries.remove(at: index) }
  }

  /// The first position that is not older than `key`.
  private func position(of key: Key) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
