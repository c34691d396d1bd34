/// `disagg-profile-handler` (llm-d-router) and `pd-profile-handler` (llm-d, deprecated): the decode profile runs first,
/// and its choice is the destination; then, stage by stage, a decider says whether a prefill or encode profile runs.
///
/// A stage that finds no endpoint is left out, and the decode endpoint does its work.
struct DisaggregationProfileHandler: ProfileHandler {
  struct Stage: Sendable {
    enum Kind: Sendable { case prefill, encode }
    var kind: Kind
    /// Index of its profile.
    var profile: Int
    var decider: any DisaggregationDecider
  }

  /// Index of the decode profile, and its name for failures.
  var decode: Int
  var decodeName: String
  /// In the order in which they run.
  var stages: [Stage]
  /// The pods' port for decode, where a sidecar spreads over data parallel ranks; nil where there is none.
  var primaryPort: Int?

  func step(_ runs: ProfileRuns, _ context: PickContext) -> ProfileStep {
    let targets: [Int]
    switch runs[decode] {
    case nil: return .run(decode)
    case .emptied(let filter): return .fail(.allFiltered(profile: decodeName, filter: filter))
    case .chosen(let chosen): targets = chosen
    }
    for stage in stages where runs[stage.profile] == nil {
      if stage.decider.disaggregates(decode: targets[0], context) { return .run(stage.profile) }
    }
    var conclusion = ProfileConclusion(profile: decode, targets: targets, primaryPort: primaryPort)
    conclusion.ownedHeaders = [RoutingHeader.prefiller, RoutingHeader.encoders]
    if primaryPort != nil { conclusion.ownedHeaders.append(RoutingHeader.dataParallel) }
    for stage in stages {
      switch stage.kind {
      case .prefill: conclusion.prefill = runs.chosen(stage.profile)?.first
      case .encode: conclusion.encoders = runs.chosen(stage.profile) ?? []
      }
    }
    return .finish(conclusion)
  }

  func primaryProfile(_ runs: ProfileRuns, _ context: PickContext) -> Int { decode }
}
