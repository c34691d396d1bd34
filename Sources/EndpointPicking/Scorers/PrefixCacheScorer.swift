/// `prefix-cache-scorer` (GIE v1.5): matched blocks / the prompt's blocks; 0 for a prompt of less than a block.
struct PrefixCacheScorer: Scorer {
  func score(_ candidates: [Int], _ context: PickContext, into scores: inout [Double]) {
    guard context.prefix.total > 0, !context.prefix.held.isEmpty else { return }
    let total = Double(context.prefix.total)
    for position in candidates.indices {
      scores[position] = Double(context.matchedBlocks(candidates[position])) / total
    }
  }
}
