/// Values by label set, numbered in the order in which the sets were first seen.
///
/// Finding a known set neither allocates nor copies; a value is changed in place by its number.
struct SeriesTable<Labels: Hashable & Sendable, Value: Sendable>: Sendable {
  private var positions: [Labels: Int] = [:]
  /// The label sets by number.
  private(set) var labels: [Labels] = []
  /// Their values by number.
  var values: [Value] = []

  /// How many label sets there are.
  var count: Int { labels.count }

  /// The number of `labels`; nil when they are new.
  func position(of labels: Labels) -> Int? {
    // Comparing a few sets, mostly by the storage that their strings share, takes less than hashing one.
    if self.labels.count <= 4 { return self.labels.firstIndex(of: labels) }
    return positions[labels]
  }

  /// The number of `labels`; new ones begin with `value`.
  mutating func position(of labels: Labels, initially value: @autoclosure () -> Value) -> Int {
    if let position = position(of: labels) { return position }
    positions[labels] = self.labels.count
    self.labels.append(labels)
    values.append(value())
    return self.labels.count - 1
  }

  /// Adds the values of `other`, each to that of its labels as `relabel` has them.
  mutating func merge(
    _ other: SeriesTable, relabel: (Labels) -> Labels, add: (inout Value, Value) -> Void
  ) {
    for (labels, value) in zip(other.labels, other.values) {
      let labels = relabel(labels)
      if let position = position(of: labels) {
        add(&values[position], value)
      } else {
        _ = position(of: labels, initially: value)
      }
    }
  }
}
