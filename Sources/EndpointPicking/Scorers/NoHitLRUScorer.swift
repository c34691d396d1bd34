/// `no-hit-lru-scorer` (llm-d): when nobody holds any of the prompt, 1 - rank / (n - 1), ranks going by the last cold
/// request, the longest ago (or never, in candidate order) first; a single candidate 1. With any hit: 0.5 for all.
struct NoHitLRUScorer: Scorer {
  /// Endpoints remembered: 1,024.
  var limit = 1_024

  init() {}

  init(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(["lruSize", "prefixMatchInfoProducerName", "prefixPluginType", "prefixPluginName"])
    limit = try parameters.int("lruSize", in: 1...1_000_000) ?? limit
    for name in ["prefixMatchInfoProducerName", "prefixPluginType", "prefixPluginName"] {
      _ = try parameters.string(name)
    }
  }

  func score(_ candidates: [Int], _ context: PickContext, into scores: inout [Double]) {
    guard !context.prefix.anyMatch else {
      for position in candidates.indices { scores[position] = 0.5 }
      return
    }
    guard candidates.count > 1 else {
      scores[0] = 1
      return
    }
    let uses = candidates.map { context.learned.coldUse.order(context.snapshot.handles[$0]) }
    let ranked = uses.indices.sorted { (uses[$0], $0) < (uses[$1], $1) }
    for (rank, position) in ranked.enumerated() {
      scores[position] = 1 - Double(rank) / Double(candidates.count - 1)
    }
  }
}
