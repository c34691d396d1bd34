internal import JSON

extension String {
  /// The text as far as the live page shows it, 256 code points: a client can make up model names as long as a body.
  var shown: String {
    utf8.count <= 256 || unicodeScalars.count <= 256 ? self : String(unicodeScalars.prefix(255)) + "…"
  }
}

extension JSONBuilder {
  /// Writes a text as far as the page shows it.
  mutating func add(_ key: String? = nil, shown text: String) { add(key, text.shown) }

  /// Writes a number with at most three digits behind the point; null for nil.
  mutating func add(_ key: String? = nil, rounded value: Double?) {
    guard let value else { return add(key, Double?.none) }
    let rounded = (value * 1_000).rounded() / 1_000
    if rounded == rounded.rounded(), rounded.magnitude < 1e15 { add(key, Int(rounded)) } else { add(key, rounded) }
  }
}
