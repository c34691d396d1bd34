/// `running-requests-size-scorer` (GIE v1.5): (max - running) / (max - min) over the candidates; all equal: 1.
struct RunningRequestsScorer: Scorer {
  func score(_ candidates: [Int], _ context: PickContext, into scores: inout [Double]) {
    spreadScores(context.snapshot.running, of: candidates, into: &scores)
  }
}
