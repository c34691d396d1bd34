/// A family of counters or gauges whose series are known in advance, those of all instances together.
public struct ScalarFamily: Sendable {
  /// What all series share.
  public let family: Family
  private let lines: SampleLines

  /// One series per element of `series`; equal elements would be duplicates in the page and are a programmer's mistake.
  public init(_ family: Family, series: [Labels]) {
    precondition(Set(series).count == series.count, "each series once")
    self.family = family
    var lines = SampleLines()
    for labels in series { lines.append(family.name, labels) }
    self.lines = lines
  }

  /// Writes the family. `value` is asked for each series in the order given at the start; nil leaves a series out.
  public func write(to page: inout Exposition, value: (Int) -> Double?) {
    page.begin(family)
    for index in 0..<lines.count {
      if let value = value(index) { lines.write(index, value, to: &page.bytes) }
    }
  }
}
