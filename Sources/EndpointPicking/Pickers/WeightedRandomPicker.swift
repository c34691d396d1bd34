/// `weighted-random-picker` (GIE v1.5): A-Res (Efraimidis and Spirakis, 2006): key = U^(1/total), the N highest; when
/// all totals are 0, random.
struct WeightedRandomPicker: Picker {
  /// How many: 1.
  var count = 1

  func pick(_ totals: [Double], using generator: inout some RandomNumberGenerator) -> [Int] {
    guard totals.contains(where: { $0 > 0 }) else { return RandomPicker(count: count).pick(totals, using: &generator) }
    // -log(U)/total orders as U^(1/total) does, reversed, and does not underflow. Zero totals come last.
    let keys = totals.map { total in
      let draw = 1 - Double.random(in: 0..<1, using: &generator)
      return total > 0 ? NaturalLogarithm.negative(draw) / total : .infinity
    }
    if count == 1 { return [keys.indices.min { keys[$0] < keys[$1] } ?? 0] }
    return Array(keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.prefix(count))
  }
}
