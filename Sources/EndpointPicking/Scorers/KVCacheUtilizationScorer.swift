/// `kv-cache-utilization-scorer` (GIE v1.5): 1 - used share of the KV cache.
struct KVCacheUtilizationScorer: Scorer {
  func score(_ candidates: [Int], _ context: PickContext, into scores: inout [Double]) {
    for position in candidates.indices { scores[position] = 1 - context.snapshot.kvUsage[candidates[position]] }
  }
}
