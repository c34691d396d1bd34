internal import EndpointPicking

/// What to look for on a page, for one engine or for several of which one is to be found out.
final class MetricsPlan: Sendable {
  /// What a series is for.
  enum Quantity: Sendable, Hashable { case waiting, running, kvUsage, adapters, cacheInfo, blockSize, blocks }

  /// One selector of one engine.
  struct Use: Sendable {
    /// The engine, as a place in `mappings`.
    let mapping: Int
    let quantity: Quantity
    /// The place among the selectors for the quantity: the lowest that the page has counts.
    let rank: Int
    let labels: [(name: [UInt8], value: [UInt8])]
  }

  /// The engines.
  let mappings: [MetricsMapping]
  /// What several series come to.
  let combination: SeriesCombination
  /// The metrics.
  let names: WantedNames
  /// What each metric is for.
  let uses: [[Use]]
  /// By mapping.
  let cacheLabels: [(blockSize: [UInt8], blocks: [UInt8])]

  init(_ mappings: [MetricsMapping], combination: SeriesCombination) {
    self.mappings = mappings
    self.combination = combination
    var names: [String] = []
    var uses: [[Use]] = []
    for (index, mapping) in mappings.enumerated() {
      for (quantity, selectors) in mapping.selectors {
        for (rank, selector) in selectors.enumerated() where !selector.name.isEmpty {
          let place = names.firstIndex(of: selector.name) ?? names.count
          if place == names.count {
            names.append(selector.name)
            uses.append([])
          }
          uses[place].append(
            Use(
              mapping: index, quantity: quantity, rank: rank,
              labels: selector.labels.map { (Array($0.name.utf8), Array($0.value.utf8)) }))
        }
      }
    }
    self.names = WantedNames(names)
    self.uses = uses
    cacheLabels = mappings.map { (Array($0.blockSizeLabel.utf8), Array($0.blocksLabel.utf8)) }
  }
}

extension MetricsMapping {
  fileprivate var selectors: [(MetricsPlan.Quantity, [MetricSelector])] {
    [
      (.waiting, waiting), (.running, running), (.kvUsage, kvUsage), (.adapters, adapters), (.cacheInfo, cacheInfo),
      (.blockSize, blockSize), (.blocks, blocks),
    ]
  }
}
