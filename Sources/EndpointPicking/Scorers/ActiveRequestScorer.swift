/// `active-request-scorer` (llm-d): requests in flight <= idleThreshold: 1; else (max - count) / max x maxBusyScore.
struct ActiveRequestScorer: Scorer {
  /// 0 requests.
  var idleThreshold = 0
  /// 1.
  var maxBusyScore = 1.0

  init() {}

  /// `requestTimeout` is taken and has no effect, as in llm-d-router.
  init(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(["idleThreshold", "maxBusyScore", "requestTimeout"])
    idleThreshold = try parameters.int("idleThreshold", in: 0...Int.max) ?? idleThreshold
    maxBusyScore = try parameters.number("maxBusyScore", in: 0...1) ?? maxBusyScore
    _ = try parameters.duration("requestTimeout")
  }

  func score(_ candidates: [Int], _ context: PickContext, into scores: inout [Double]) {
    var highest = 0
    for position in candidates.indices {
      let count = context.learned.inFlight.requests(context.snapshot.handles[candidates[position]])
      highest = max(highest, count)
      scores[position] = Double(count)
    }
    for position in candidates.indices {
      let count = scores[position]
      scores[position] =
        count <= Double(idleThreshold) ? 1 : (Double(highest) - count) / Double(highest) * maxBusyScore
    }
  }
}
