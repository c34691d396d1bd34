/// `load-aware-scorer` (llm-d): nothing waiting 0.5; else 0.5 x (1 - min(waiting, threshold) / threshold).
struct LoadAwareScorer: Scorer {
  /// 128 requests.
  var threshold = 128

  init() {}

  init(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(["threshold"])
    threshold = try parameters.int("threshold", in: 1...Int.max) ?? threshold
  }

  func score(_ candidates: [Int], _ context: PickContext, into scores: inout [Double]) {
    for position in candidates.indices {
      let waiting = max(0, min(context.snapshot.waiting[candidates[position]], threshold))
      scores[position] = 0.5 * (1 - Double(waiting) / Double(threshold))
    }
  }
}
