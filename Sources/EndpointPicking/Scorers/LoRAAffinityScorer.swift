/// `lora-affinity-scorer` (GIE v1.5): target model active 1; else a free slot (active + waiting < max) 0.8; else
/// waiting 0.6; else 0.
struct LoRAAffinityScorer: Scorer {
  func score(_ candidates: [Int], _ context: PickContext, into scores: inout [Double]) {
    let model = context.request.targetModel
    for position in candidates.indices {
      scores[position] = Self.score(context.snapshot.endpoints[candidates[position]].metrics, model: model)
    }
  }

  static func score(_ metrics: EndpointMetrics, model: String) -> Double {
    if !metrics.activeAdapters.isEmpty, metrics.activeAdapters.contains(model) { return 1 }
    if metrics.activeAdapters.count + metrics.waitingAdapters.count < metrics.maxAdapters { return 0.8 }
    return !metrics.waitingAdapters.isEmpty && metrics.waitingAdapters.contains(model) ? 0.6 : 0
  }
}
