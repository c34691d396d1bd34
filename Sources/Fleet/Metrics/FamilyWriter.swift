internal import Prometheus

/// Writes the lines of one family as Go's client does: buckets, sum, count, the label `le` after all others.
struct FamilyWriter {
  private let name: [UInt8]
  private let bounds: [Double]
  private let bucketNames: [[UInt8]]

  /// Prepares what all series of `family` have in common.
  init(_ family: PickerFamily) {
    name = Array(family.family.name.utf8)
    if case .histogram(let bounds) = family.shape { self.bounds = bounds.values } else { bounds = [] }
    bucketNames = (bounds + [.infinity]).map { bound in
      var digits: [UInt8] = []
      digits.appendGoNumber(bound)
      return digits
    }
  }

  /// Writes one counter or gauge.
  func write(_ labels: [Label], _ value: Double, to page: inout Exposition) {
    line("", Self.text(of: labels), value, to: &page)
  }

  /// Writes one histogram; where the family has fewer bounds than it, observations fall into the next one.
  func write(_ labels: [Label], _ histogram: Histogram, to page: inout Exposition) {
    let text = Self.text(of: labels)
    let start = name + "_bucket{".utf8 + text + (text.isEmpty ? "le=\"" : ",le=\"").utf8
    var cumulative: UInt64 = 0
    var next = 0
    for (position, bucketName) in bucketNames.enumerated() {
      let bound = position < bounds.count ? bounds[position] : .infinity
      while next < histogram.bounds.values.count, histogram.bounds.values[next] <= bound {
        cumulative &+= histogram.buckets[next]
        next += 1
      }
      if bound == .infinity { cumulative &+= histogram.buckets[next] }
      page.text(start)
      page.text(bucketName)
      page.text("\"} ")
      end(Double(cumulative), &page)
    }
    line("_sum", text, histogram.sum, to: &page)
    line("_count", text, Double(cumulative), to: &page)
  }

  private func line(_ suffix: StaticString, _ labels: [UInt8], _ value: Double, to page: inout Exposition) {
    page.text(name)
    page.text(suffix)
    if !labels.isEmpty {
      page.text("{")
      page.text(labels)
      page.text("}")
    }
    page.text(" ")
    end(value, &page)
  }

  private func end(_ value: Double, _ page: inout Exposition) {
    var digits: [UInt8] = []
    digits.appendGoNumber(value)
    digits.append(UInt8(ascii: "\n"))
    page.text(digits)
  }

  /// `a="1",b="2"`, with the format's escapes.
  private static func text(of labels: [Label]) -> [UInt8] {
    var text = Exposition()
    for (position, label) in labels.enumerated() {
      if position > 0 { text.text(",") }
      text.text(Array(label.name.utf8))
      text.text("=\"")
      text.escaped(label.value)
      text.text("\"")
    }
    return text.bytes
  }
}
