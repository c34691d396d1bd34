import Prometheus

@testable import Fleet

/// A rendered page, taken apart for tests.
struct PickerPageReader {
  let text: String
  let samples: [ParsedSample]
  let malformed: Int
  /// The HELP and TYPE lines, by family.
  private(set) var helps: [String: String] = [:]
  private(set) var types: [String: String] = [:]
  /// Families in the order of their TYPE lines.
  private(set) var families: [String] = []

  init(
    _ share: PickerMetricsShare = PickerMetricsShare(), pools: [PoolMetrics] = [],
    kubernetes: WatchMetrics? = nil
  ) {
    let page = Self.bytes(share, pools: pools, kubernetes: kubernetes)
    text = String(decoding: page, as: UTF8.self)
    samples = ExpositionParser().samples(in: page)
    malformed = ExpositionParser().parse(page) { _ in }.malformed
    for line in text.split(separator: "\n") where line.hasPrefix("# ") {
      let words = line.split(separator: " ", maxSplits: 3).map(String.init)
      if words[1] == "HELP" {
        helps[words[2]] = words[3]
      } else {
        types[words[2]] = words[3]
        families.append(words[2])
      }
    }
  }

  /// The page as it is.
  static func bytes(_ share: PickerMetricsShare, pools: [PoolMetrics] = [], kubernetes: WatchMetrics? = nil)
    -> [UInt8]
  {
    let build = PickerMetricsPage.Build(commit: "abc", reference: "main")
    return PickerMetricsPage(build: build).render(share, pools: pools, kubernetes: kubernetes)
  }

  /// The samples of one name.
  func named(_ name: String) -> [ParsedSample] { samples.filter { $0.name == name } }

  /// The sum of the samples of one name that have these labels among theirs.
  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    let found = named(name).filter { sample in labels.allSatisfy { sample[label: $0.key] == $0.value } }
    return found.isEmpty ? nil : found.reduce(0) { $0 + $1.value }
  }
}
