/// `max-score-picker` (GIE v1.5): shuffle, then stable sort by total; the first N.
struct MaxScorePicker: Picker {
  /// How many: 1.
  var count = 1

  func pick(_ totals: [Double], using generator: inout some RandomNumberGenerator) -> [Int] {
    guard count > 1 else { return [highest(totals, using: &generator)] }
    // Keys drawn once per position are a shuffle that the sort can use to break ties.
    let keys = totals.map { _ in generator.next() }
    let order = totals.indices.sorted { (totals[$1], keys[$0]) < (totals[$0], keys[$1]) }
    return Array(order.prefix(count))
  }

  /// One of those with the highest total, each as likely as the others: what shuffling and sorting come to, without
  /// either.
  private func highest(_ totals: [Double], using generator: inout some RandomNumberGenerator) -> Int {
    var best = totals[0]
    var ties = 0
    for total in totals {
      if total > best {
        best = total
        ties = 1
      } else if total == best {
        ties += 1
      }
    }
    var left = ties > 1 ? Int.random(in: 0..<ties, using: &generator) : 0
    for position in totals.indices where totals[position] == best {
      if left == 0 { return position }
      left -= 1
    }
    return 0
  }
}
