/// `session-affinity-scorer` (llm-d): 1 for the session's endpoint, 0 for others.
struct SessionAffinityScorer: Scorer {
  var affinity = SessionAffinity()

  func score(_ candidates: [Int], _ context: PickContext, into scores: inout [Double]) {
    affinity.withMatch(context) { isSession in
      for position in candidates.indices where isSession(candidates[position]) { scores[position] = 1 }
    }
  }
}
