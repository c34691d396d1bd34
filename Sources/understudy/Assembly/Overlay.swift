/// Layers of options, the strongest first.
struct Overlay {
  let layers: [ServeOptions]

  /// The value of the strongest layer that has one.
  subscript<Value>(path: KeyPath<ServeOptions, Value?>) -> Value? {
    for layer in layers {
      if let value = layer[keyPath: path] { return value }
    }
    return nil
  }
}
