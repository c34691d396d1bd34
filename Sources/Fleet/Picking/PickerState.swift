internal import EndpointPicking
internal import HTTPServer
internal import Simulation

/// All that a pool's picker remembers; guarded by its lock.
struct PickerState: Sendable {
  private(set) var scheduler: Scheduler
  private(set) var snapshot: Snapshot
  private(set) var loads: LoadTable
  private(set) var tickets = TicketTable()
  private var tokens: [Int] = []
  private var candidates = CandidateTable()
  private var pending = PendingPicks()
  private var generator: SplitMix64
  /// Endpoints with older readings are avoided.
  private let metricsStaleness: Int64?

  init(
    pool: PoolID, configuration: SchedulerConfiguration, isPeriodic: Bool, metricsStaleness: Int64?, seed: UInt64
  ) {
    scheduler = Scheduler(configuration, pool: pool.name)
    snapshot = scheduler.snapshot(of: [], at: 0)
    loads = LoadTable(isPeriodic: isPeriodic)
    generator = SplitMix64(seed: seed)
    self.metricsStaleness = metricsStaleness
  }

  mutating func setEndpoints(_ endpoints: [PickableEndpoint], at now: Int64) {
    snapshot = scheduler.snapshot(of: loads.setMembers(endpoints, before: snapshot, at: now), at: now)
    candidates.setMembers(endpoints)
    tokens = endpoints.map(\.token)
  }

  mutating func refresh(at now: Int64) {
    loads.readAll(into: &snapshot, at: now)
    scheduler.purge(at: now)
  }

  mutating func readChangedLoads(at now: Int64) { loads.readChanged(into: &snapshot, at: now) }

  mutating func pick(
    _ request: PickRequest, subset hint: SubsetHint?, isRandom: Bool, at now: Int64, explain: Bool,
    timesPlugins: Bool, log: PickLog?
  ) -> PickedOutcome {
    let start = Clock.monotonic
    pending.removeOldest()
    scheduler.purge(at: now)
    loads.readChanged(into: &snapshot, at: now)
    let subset = subset(for: request.targetModel, hint: hint)
    let explains = explain || log?.wants(candidates: subset?.count ?? snapshot.count, at: now) == true
    let clock = timesPlugins ? { Clock.monotonic } : nil
    var preferred = metricsStaleness.flatMap { loads.fresh(among: subset, of: snapshot.count, within: $0, at: now) }
    if isRandom {
      let choices = preferred ?? subset ?? Array(snapshot.endpoints.indices)
      preferred = choices.randomElement(using: &generator).map { [$0] }
    }
    var outcome = scheduler.pick(
      request, candidates: snapshot, subset: preferred ?? subset, at: now, explain: explains, clock: clock,
      using: &generator)
    if preferred != nil, case .failure = outcome.result {
      // A filter wants endpoints that are avoided only, or were not drawn.
      outcome = scheduler.pick(
        request, candidates: snapshot, subset: subset, at: now, explain: explains, clock: clock, using: &generator)
    }
    var picked = PickedOutcome(
      result: .failure(.noCandidates), duration: Clock.monotonic &- start, explanation: outcome.explanation,
      pluginDurations: outcome.pluginDurations)
    switch outcome.result {
    case .success(let pick):
      let flow = FlowKey(fairnessID: request.fairnessID, priority: request.priority)
      picked.result = .success(
        PickedEndpoint(
          token: tokens[pick.targets[0].index], fallbackTokens: pick.targets.dropFirst().map { tokens[$0.index] },
          prefillToken: pick.prefill.map { tokens[$0.index] }, pick: pick,
          ticket: tickets.issue(scheduler.requestSent(pick, at: now), flow: flow)))
    case .failure(let failure): picked.result = .failure(failure.error)
    }
    return picked
  }

  mutating func finished(_ ticket: PickTicket) -> Bool {
    guard let request = tickets.redeem(ticket) else { return false }
    scheduler.requestFinished(request)
    return true
  }

  /// How busy the pool is, those counted whose picks are still to come.
  mutating func saturation(at now: Int64) -> Double {
    loads.readChanged(into: &snapshot, at: now)
    let saturation = scheduler.saturation(of: snapshot, at: now)
    pending.removeExpired(at: now)
    guard pending.count > 0, snapshot.count > 0 else { return saturation }
    return saturation + pending.weight / (Double(snapshot.count) * capacityOfEndpoint)
  }

  /// Counts an admitted request until it is picked for.
  mutating func expectPick(bytes: Int, at now: Int64) { pending.add(weight(bytes: bytes), at: now) }

  /// The members that may be chosen; nil for all. A hint is a must: when none of its endpoints serves the model, one of
  /// them answers that.
  private mutating func subset(for model: String, hint: SubsetHint?) -> [Int]? {
    let serving = candidates.indexes(for: model)
    guard let hint else { return serving }
    let hinted = hint.indices(in: snapshot.endpoints)
    guard let serving else { return hinted }
    let members = Set(serving)
    let both = hinted.filter { members.contains($0) }
    return both.isEmpty ? hinted : both
  }

  /// What fills an endpoint, in the unit of the saturation detector; a request is counted as one that waits.
  private var capacityOfEndpoint: Double {
    switch scheduler.configuration.saturation.detector {
    case .utilization(let limits): max(limits.queueDepth, .leastNormalMagnitude)
    case .concurrency(let limits): Double(max(limits.limit, 1))
    }
  }

  private func weight(bytes: Int) -> Double {
    guard case .concurrency(let limits) = scheduler.configuration.saturation.detector, limits.countsTokens else {
      return 1
    }
    // As the scheduler will: a token per four bytes of input, and one and a half times that of output (GIE v1.5).
    return Double(max(bytes, 0)) / 4 * 2.5
  }
}
