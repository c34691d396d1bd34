/// `token-load-scorer` (GIE v1.5): 1 - min(1, tokens in flight / threshold).
struct TokenLoadScorer: Scorer {
  /// 4,194,304 tokens.
  var threshold = 4_194_304

  init() {}

  init(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(["queueThresholdTokens"])
    threshold = try parameters.int("queueThresholdTokens", in: 1...Int.max) ?? threshold
  }

  func score(_ candidates: [Int], _ context: PickContext, into scores: inout [Double]) {
    for position in candidates.indices {
      let tokens = context.learned.inFlight.tokens(context.snapshot.handles[candidates[position]])
      scores[position] = 1 - min(1, Double(tokens) / Double(threshold))
    }
  }
}
