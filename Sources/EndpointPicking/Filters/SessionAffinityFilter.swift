/// `session-affinity-filter` (llm-d-router): the session's endpoint if it is a candidate, else all.
struct SessionAffinityFilter: Filter {
  var affinity = SessionAffinity()

  func filter(_ candidates: inout [Int], _ context: PickContext, using generator: inout some RandomNumberGenerator) {
    var kept: [Int] = []
    affinity.withMatch(context) { isSession in kept = candidates.filter(isSession) }
    if !kept.isEmpty { candidates = kept }
  }
}
