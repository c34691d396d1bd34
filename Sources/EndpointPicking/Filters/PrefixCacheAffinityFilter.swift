/// `prefix-cache-affinity-filter` (GIE v1.5): endpoints that hold at least `affinityThreshold` of the prompt; when none
/// do, or with probability `explorationProbability`, all.
///
/// The upstream filter also lets go when the predicted penalty in time to first token is too high; without a predictor
/// there is no such prediction, and none is made here.
struct PrefixCacheAffinityFilter: Filter {
  /// 0.8.
  var threshold = 0.8
  /// 0.
  var exploration = 0.0

  init() {}

  init(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow([
      "affinityThreshold", "explorationProbability", "maxTTFTPenaltyMs", "prefixMatchInfoProducerName",
    ])
    threshold = try parameters.number("affinityThreshold", in: 0...1) ?? threshold
    exploration = try parameters.number("explorationProbability", in: 0...1) ?? exploration
    _ = try parameters.number("maxTTFTPenaltyMs", in: 0...Double.greatestFiniteMagnitude)
    _ = try parameters.string("prefixMatchInfoProducerName")
  }

  func filter(_ candidates: inout [Int], _ context: PickContext, using generator: inout some RandomNumberGenerator) {
    guard context.prefix.total > 0 else { return }
    if exploration > 0, Double.random(in: 0..<1, using: &generator) < exploration { return }
    let kept = candidates.filter { context.matchedShare($0) >= threshold }
    if !kept.isEmpty { candidates = kept }
  }
}
