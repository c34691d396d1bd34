/// How one pick came about: filters, candidates, and scores with the inputs they were computed from.
public struct PickExplanation: Sendable, Equatable {
  /// One filter's work.
  public struct FilterResult: Sendable, Equatable {
    /// The plugin's name.
    public var name: String
    /// How many candidates it left.
    public var kept: Int
  }

  /// One scorer's opinion of one candidate.
  public struct Score: Sendable, Equatable {
    /// The plugin's name.
    public var scorer: String
    /// Its weight in the profile.
    public var weight: Double
    /// 0 to 1.
    public var score: Double
  }

  /// What was known of a candidate.
  public struct Inputs: Sendable, Equatable {
    /// Requests waiting.
    public var waiting: Int
    /// Requests running.
    public var running: Int
    /// Used share of the KV cache.
    public var kvUsage: Double
    /// Adapters of running requests, sorted.
    public var activeAdapters: [String]
    /// Adapters of waiting requests, sorted.
    public var waitingAdapters: [String]
    /// Adapters that may be loaded at once; 0 when unknown.
    public var maxAdapters: Int
    /// Blocks of the prompt that it is thought to hold.
    public var prefixMatched: Int
    /// Blocks of the prompt.
    public var prefixTotal: Int
  }

  /// An endpoint that was rated.
  public struct Candidate: Sendable, Equatable {
    /// The pod's name.
    public var pod: String
    /// `host:port`.
    public var endpoint: String
    /// Sum of weight x score.
    public var total: Double
    /// In the profile's order.
    public var scores: [Score]
    /// What the scores come from.
    public var inputs: Inputs
  }

  /// The request's id.
  public var requestID: String
  /// The pool.
  public var pool: String
  /// The model that the client named.
  public var model: String
  /// The model that the server is asked for.
  public var targetModel: String
  /// The profile whose choice is the destination.
  public var profile: String
  /// In order, up to the one that left nothing.
  public var filters: [FilterResult]
  /// The chosen pod's name; nil when there is none.
  public var chosen: String?
  /// Those that passed all filters.
  public var candidates: [Candidate]
}

extension Scheduler {
  /// The explanation of a pick that `trace` recorded; nil stands for a pick that ended before its profile ran.
  func explanation(
    _ result: Result<Pick, PickFailure>, profile: SchedulingProfile, trace: ProfileTrace?, _ context: PickContext
  ) -> PickExplanation {
    let trace = trace ?? ProfileTrace()
    let candidates = trace.candidates.enumerated().map { position, index in
      let endpoint = context.snapshot.endpoints[index]
      return PickExplanation.Candidate(
        pod: endpoint.id.name, endpoint: endpoint.authority, total: trace.totals[position],
        scores: zip(profile.scorers, trace.scores).map { scorer, scores in
          PickExplanation.Score(scorer: scorer.name, weight: scorer.weight, score: scores[position])
        },
        inputs: inputs(of: index, context))
    }
    var chosen: String?
    if case .success(let pick) = result { chosen = pick.targets[0].id.name }
    return PickExplanation(
      requestID: context.request.id, pool: pool, model: context.request.incomingModel,
      targetModel: context.request.targetModel, profile: profile.name, filters: trace.filters, chosen: chosen,
      candidates: candidates)
  }

  private func inputs(of index: Int, _ context: PickContext) -> PickExplanation.Inputs {
    let metrics = context.snapshot.endpoints[index].metrics
    return PickExplanation.Inputs(
      waiting: metrics.waiting, running: metrics.running, kvUsage: metrics.kvUsage,
      activeAdapters: metrics.activeAdapters.sorted(), waitingAdapters: metrics.waitingAdapters.sorted(),
      maxAdapters: metrics.maxAdapters, prefixMatched: context.matchedBlocks(index),
      prefixTotal: context.prefix.total)
  }
}
