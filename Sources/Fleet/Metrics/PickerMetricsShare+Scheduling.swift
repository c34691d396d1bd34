internal import EndpointPicking
internal import Prometheus

extension PickerMetricsShare {
  /// Counts a pick and the time that it took. `endpoint` is nil when none was found.
  mutating func schedulerAttempt(_ id: RequestSeriesID, endpoint: EndpointLabels?, nanoseconds: Int64) {
    observe(.scheduling, nanoseconds: nanoseconds)
    let labels = AttemptLabels(targetModel: requests.labels[id.position].targetModel, endpoint: endpoint)
    let position = attempts.position(of: labels, initially: Counter())
    attempts.values[position].increment()
  }

  /// Counts a look into a prefix index: how many of a prompt's blocks the chosen endpoint is thought to hold. A block
  /// stands for `blockBytes` of the prompt (upstream: block size in tokens × 4).
  mutating func prefixLookup(_ plugin: PluginIdentity, matchedBlocks: Int, totalBlocks: Int, blockBytes: Int) {
    let position = prefixes.position(of: plugin, initially: PrefixSeries())
    prefixes.values[position].hitBytes.observe(Double(max(0, matchedBlocks)) * Double(max(0, blockBytes)))
    guard totalBlocks > 0 else { return }
    prefixes.values[position].hitRatio.observe(Double(max(0, matchedBlocks)) / Double(totalBlocks))
  }

  /// Counts which stages a disaggregating profile handler gave a request besides decoding.
  mutating func disaggregationDecision(_ id: RequestSeriesID, _ plugin: PluginIdentity, encode: Bool, prefill: Bool) {
    let labels = DisaggregationLabels(
      plugin: plugin, targetModel: requests.labels[id.position].targetModel, encode: encode, prefill: prefill)
    let position = disaggregations.position(of: labels, initially: Counter())
    disaggregations.values[position].increment()
  }

  /// Counts endpoints' metrics that could not be read. `sourceType` is the data source's type.
  mutating func dataLayerPollsFailed(_ count: UInt64, sourceType: String) {
    let position = pollErrors.position(of: sourceType, initially: Counter())
    pollErrors.values[position].increment(by: count)
  }
}

/// The labels of `scheduler_attempts_total`.
struct AttemptLabels: Hashable, Sendable {
  /// What the model server would be asked for.
  var targetModel: String
  /// The chosen endpoint; nil for an attempt that failed.
  var endpoint: EndpointLabels?

  /// These labels under the cap of `models`.
  func relabeled(models: inout CappedNames) -> AttemptLabels {
    AttemptLabels(targetModel: models.admit(targetModel), endpoint: endpoint)
  }
}

/// The labels of `disagg_decision_total`.
struct DisaggregationLabels: Hashable, Sendable {
  /// The profile handler.
  var plugin: PluginIdentity
  /// What the model server is asked for.
  var targetModel: String
  /// Whether another endpoint encodes.
  var encode: Bool
  /// Whether another endpoint prefills.
  var prefill: Bool

  /// The label `decision_type` (llm-d 0.10, `disagg-profile-handler`).
  var decision: String {
    switch (encode, prefill) {
    case (true, true): "encode-prefill-decode"
    case (true, false): "encode-decode"
    case (false, true): "prefill-decode"
    case (false, false): "decode-only"
    }
  }

  /// These labels under the cap of `models`.
  func relabeled(models: inout CappedNames) -> DisaggregationLabels {
    var labels = self
    labels.targetModel = models.admit(targetModel)
    return labels
  }
}

/// What looking into one prefix index found.
struct PrefixSeries: Sendable {
  /// The matched share of the prompt.
  var hitRatio = Histogram(PickerBuckets.ratio)
  /// The length of the match.
  var hitBytes = Histogram(PickerBuckets.prefixBytes)

  /// Adds what another share counted.
  mutating func merge(_ other: PrefixSeries) {
    hitRatio.merge(other.hitRatio)
    hitBytes.merge(other.hitBytes)
  }
}
