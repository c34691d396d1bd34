/// `random-picker` (GIE v1.5): shuffle; the first N.
struct RandomPicker: Picker {
  /// How many: 1.
  var count = 1

  func pick(_ totals: [Double], using generator: inout some RandomNumberGenerator) -> [Int] {
    guard count > 1 else { return [Int.random(in: totals.indices, using: &generator)] }
    return Array(totals.indices.shuffled(using: &generator).prefix(count))
  }
}
