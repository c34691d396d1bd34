/// `queue-scorer` (GIE v1.5): (max - waiting) / (max - min) over the candidates; all equal: 1.
struct QueueScorer: Scorer {
  func score(_ candidates: [Int], _ context: PickContext, into scores: inout [Double]) {
    spreadScores(context.snapshot.waiting, of: candidates, into: &scores)
  }
}
