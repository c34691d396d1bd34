internal import Prometheus

/// The samples of a page while they are gathered, by family and label set.
///
/// What is written is valid whatever was gathered: samples of one label set become one. That is also how the series of
/// GIE v1.5 come about, which have fewer labels than what is counted.
struct FamilyRows: Sendable {
  private var scalars: [String: Rows<Double>] = [:]
  private var histograms: [String: Rows<Histogram>] = [:]

  private struct Rows<Value: Sendable>: Sendable {
    let family: PickerFamily
    var rows: [(labels: [String], value: Value)] = []
  }

  /// Adds a sample; `labels` are in the order of the family's.
  mutating func add(_ family: PickerFamily, _ labels: [String], _ value: Double) {
    scalars[family.family.name, default: Rows(family: family)].rows.append((labels, value))
  }

  /// Adds a histogram, unless it has seen nothing. The family's bounds are among its bounds.
  mutating func add(_ family: PickerFamily, _ labels: [String], _ histogram: Histogram?) {
    guard let histogram, histogram.count > 0 else { return }
    histograms[family.family.name, default: Rows(family: family)].rows.append((labels, histogram))
  }

  /// Writes the families that have samples in the order of Go's client: families by name, series by their labels'
  /// values, taken in the order of the labels' names.
  func write(to page: inout Exposition) {
    for name in (Array(scalars.keys) + histograms.keys).sorted(by: Self.precedes) {
      if let scalars = scalars[name] { write(scalars, to: &page) }
      if let histograms = histograms[name] { write(histograms, to: &page) }
    }
  }

  private func write(_ rows: Rows<Double>, to page: inout Exposition) {
    let writer = FamilyWriter(rows.family)
    page.begin(rows.family.family)
    Self.forEachSeries(of: rows) { sum, value in
      sum = rows.family.shape == .maximum ? max(sum, value) : sum + value
    } body: { labels, value in
      writer.write(labels, value, to: &page)
    }
  }

  private func write(_ rows: Rows<Histogram>, to page: inout Exposition) {
    let writer = FamilyWriter(rows.family)
    page.begin(rows.family.family)
    Self.forEachSeries(of: rows) { sum, value in
      sum.merge(value)
    } body: { labels, value in
      writer.write(labels, value, to: &page)
    }
  }

  private static func forEachSeries<Value>(
    of rows: Rows<Value>, combine: (inout Value, Value) -> Void, body: ([Label], Value) -> Void
  ) {
    // Label names are unique in a family, so their order is that of the family's `labels` rearranged.
    let order = rows.family.labels.indices.sorted { rows.family.labels[$0] < rows.family.labels[$1] }
    let sorted = rows.rows.map { row in (labels: order.map { row.labels[$0] }, value: row.value) }
      .sorted { precedes($0.labels, $1.labels) }
    let names = order.map { rows.family.labels[$0] }
    var next = 0
    while next < sorted.count {
      let labels = sorted[next].labels
      var value = sorted[next].value
      next += 1
      while next < sorted.count, equal(sorted[next].labels, labels) {
        combine(&value, sorted[next].value)
        next += 1
      }
      body(zip(names, labels).map { Label(name: $0, value: $1) }, value)
    }
  }

  // Strings are compared by their bytes, as Go compares: two spellings of one character make two series.
  private static func precedes(_ a: [String], _ b: [String]) -> Bool {
    for (a, b) in zip(a, b) where !equal(a, b) { return precedes(a, b) }
    return false
  }

  private static func equal(_ a: [String], _ b: [String]) -> Bool { zip(a, b).allSatisfy { equal($0, $1) } }

  private static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

  private static func equal(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }
}
