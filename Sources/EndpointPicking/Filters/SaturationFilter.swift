/// `utilization-detector`, `concurrency-detector` as filters (GIE v1.5): endpoints at no more than
/// limit x (1 + headroom); when none are, all.
struct SaturationFilter: Filter {
  var detector: SaturationSettings.Detector

  func filter(_ candidates: inout [Int], _ context: PickContext, using generator: inout some RandomNumberGenerator) {
    let kept = candidates.filter { fits($0, context) }
    if !kept.isEmpty { candidates = kept }
  }

  private func fits(_ index: Int, _ context: PickContext) -> Bool {
    switch detector {
    case .utilization(let limits):
      let metrics = context.snapshot.endpoints[index].metrics
      guard let updated = metrics.updatedAt else { return false }
      let (age, overflow) = context.now.subtractingReportingOverflow(updated)
      guard !overflow, age <= limits.staleness else { return false }
      return Double(metrics.waiting) <= limits.queueDepth * (1 + limits.headroom)
        && metrics.kvUsage <= limits.kvUsage * (1 + limits.headroom)
    case .concurrency(let limits):
      let handle = context.snapshot.handles[index]
      let load =
        limits.countsTokens
        ? context.learned.inFlight.tokens(handle) : context.learned.inFlight.requests(handle)
      return Double(load) <= Double(limits.limit) * (1 + limits.headroom)
    }
  }
}
