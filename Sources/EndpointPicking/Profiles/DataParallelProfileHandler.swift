/// `data-parallel-profile-handler` (llm-d, deprecated): runs the one profile; the chosen rank's address goes into
/// header `x-data-parallel-host-port` and the request to the pod's primary port.
struct DataParallelProfileHandler: ProfileHandler {
  /// The profile's name, for failures.
  var name = "default"
  /// 8000.
  var primaryPort = 8_000

  func step(_ runs: ProfileRuns, _ context: PickContext) -> ProfileStep {
    switch SingleProfileHandler(name: name).step(runs, context) {
    case .finish(var conclusion):
      conclusion.primaryPort = primaryPort
      conclusion.ownedHeaders = [RoutingHeader.dataParallel]
      return .finish(conclusion)
    case let other: return other
    }
  }

  func primaryProfile(_ runs: ProfileRuns, _ context: PickContext) -> Int { 0 }
}
