/// Values that several sources have under one name, of which that of the first source counts.
struct Layers<Name: Hashable & Comparable, Value> {
  /// What became of the value that counts.
  enum Change {
    case none
    case set(Value)
    case removed
  }

  private var layers: [Name: [Int: Value]] = [:]

  /// The value of `source`; lower numbers go first.
  mutating func set(_ name: Name, _ value: Value, in source: Int) -> Change {
    layers[name, default: [:]][source] = value
    return layers[name]?.keys.min() == source ? .set(value) : .none
  }

  /// `source` has `name` no longer.
  mutating func remove(_ name: Name, from source: Int) -> Change {
    guard var values = layers[name], let first = values.keys.min(), values.removeValue(forKey: source) != nil else {
      return .none
    }
    layers[name] = values.isEmpty ? nil : values
    if source > first { return .none }
    return values.min { $0.key < $1.key }.map { .set($0.value) } ?? .removed
  }

  /// What `source` has, in order.
  func names(in source: Int) -> [Name] { layers.filter { $0.value[source] != nil }.keys.sorted() }
}
