/// A family of histograms whose series are known in advance, those of all instances together.
public struct HistogramFamily: Sendable {
  /// The labels and buckets of one histogram.
  public struct Instance: Sendable, Hashable {
    /// Without `le`.
    public var labels: Labels
    /// Those of the histogram that will be written.
    public var bounds: HistogramBounds

    /// One histogram of a family.
    public init(labels: Labels, bounds: HistogramBounds) {
      self.labels = labels
      self.bounds = bounds
    }
  }

  /// What all instances share.
  public let family: Family
  private let instances: [(bounds: HistogramBounds, lines: SampleLines)]

  /// Instances may differ in their bounds; equal labels would be duplicates and are a programmer's mistake.
  public init(_ family: Family, instances: [Instance]) {
    precondition(Set(instances.map(\.labels)).count == instances.count, "each series once")
    self.family = family
    self.instances = instances.map { ($0.bounds, Self.lines(family.name, $0)) }
  }

  /// Writes the family. `histogram` is asked for each instance in the order given at the start and answers with the
  /// bounds given there.
  public func write(to page: inout Exposition, histogram: (Int) -> Histogram) {
    page.begin(family)
    for (index, instance) in instances.enumerated() {
      let histogram = histogram(index)
      precondition(histogram.counts.count == instance.bounds.values.count + 1, "the bounds given at the start")
      var cumulative: UInt64 = 0
      for (bucket, count) in histogram.counts.enumerated() {
        cumulative &+= count
        instance.lines.write(bucket, Double(cumulative), to: &page.bytes)
      }
      instance.lines.write(histogram.counts.count, Double(cumulative), to: &page.bytes)
      instance.lines.write(histogram.counts.count + 1, histogram.sum, to: &page.bytes)
    }
  }

  /// Buckets, `+Inf`, count, sum: the order of Python's Prometheus client.
  private static func lines(_ name: String, _ instance: Instance) -> SampleLines {
    var lines = SampleLines()
    for bound in instance.bounds.values + [.infinity] {
      var digits: [UInt8] = []
      digits.appendNumber(bound)
      lines.append(name + "_bucket", instance.labels.adding(["le": String(decoding: digits, as: UTF8.self)]))
    }
    lines.append(name + "_count", instance.labels)
    lines.append(name + "_sum", instance.labels)
    return lines
  }
}
