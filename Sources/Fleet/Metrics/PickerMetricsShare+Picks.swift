internal import EndpointPicking

extension PickerMetricsShare {
  /// Counts all that is to be said of a pick by `picker`: the attempt, what its plugins took, what the prefix index knew,
  /// and which stages went to endpoints of their own.
  mutating func picked(_ id: RequestSeriesID, _ outcome: PickedOutcome, by picker: PoolPicker) {
    plugins.observe(outcome.pluginDurations, of: picker.pluginStages)
    guard case .success(let endpoint) = outcome.result else {
      return schedulerAttempt(id, endpoint: nil, nanoseconds: outcome.duration)
    }
    schedulerAttempt(id, endpoint: endpoint.labels, nanoseconds: outcome.duration)
    if picker.configuration.prefixCache != nil {
      let blocks = endpoint.prefixBlocks
      prefixLookup(
        picker.configuration.prefixPlugin, matchedBlocks: blocks.matched, totalBlocks: blocks.total,
        blockBytes: endpoint.prefixBlockBytes)
    }
    if let plugin = picker.configuration.disaggregationPlugin {
      disaggregationDecision(
        id, plugin, encode: !endpoint.pick.encoders.isEmpty, prefill: endpoint.pick.prefill != nil)
    }
  }
}
