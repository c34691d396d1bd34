internal import EndpointPicking
internal import Synchronization

/// One pool's picker at run time, for all event loops at once.
///
/// It keeps a `Scheduler` with the pool's endpoints and loads behind one lock, which a pick holds for a few
/// microseconds. All times are nanoseconds on one clock of the caller's that never goes back by much.
///
/// Without `staleness` every pick sees the loads as they are. With it they are as of the last `refresh`, as if they had
/// been scraped; an endpoint that joins is read once when it does.
///
/// Candidates are the endpoints that serve the target model; see `CandidateTable`. Of these, while there are others that
/// will do, none is chosen whose load was scraped longer than `metricsStaleness` ago, or never.
final class PoolPicker: Sendable {
  /// The pool.
  let pool: PoolID
  /// What it was made from.
  let configuration: SchedulerConfiguration
  /// How often `refresh` is to be called, in nanoseconds; nil when it needs no call.
  let staleness: Int64?
  /// The plugins that `PickedOutcome.pluginDurations` are about.
  let pluginStages: [PluginStage]

  private let log: PickLog?
  private let state: Mutex<PickerState>
  private let promptBytes: Atomic<Int>

  /// The picker of a pool without endpoints.
  ///
  /// - Parameters:
  ///   - staleness: nanoseconds between readings of the loads; nil, or 0 and less, for live ones.
  ///   - metricsStaleness: in nanoseconds; nil, or 0 and less: however old a load is, its endpoint is not avoided.
  ///   - seed: of the draws among equals; equal seeds and equal calls give equal picks.
  ///   - log: takes samples of the picks, and every pick whose explanation is asked for.
  init(
    pool: PoolID, configuration: SchedulerConfiguration, staleness: Int64? = nil, metricsStaleness: Int64? = nil,
    seed: UInt64, log: PickLog? = nil
  ) {
    let staleness = staleness.flatMap { $0 > 0 ? $0 : nil }
    self.pool = pool
    self.configuration = configuration
    self.staleness = staleness
    self.log = log
    pluginStages = configuration.pluginStages
    state = Mutex(
      PickerState(
        pool: pool, configuration: configuration, isPeriodic: staleness != nil,
        metricsStaleness: metricsStaleness.flatMap { $0 > 0 ? $0 : nil }, seed: seed))
    promptBytes = Atomic(PromptLimit.bytes(configuration.prefixCache, largestBlock: 0))
  }

  /// Replaces the endpoints. What was learned of those that stay is kept, as are their loads; requests on their way to
  /// those that go are still to be handed to `finished`.
  func setEndpoints(_ endpoints: [PickableEndpoint], at now: Int64) {
    let largestBlock = state.withLock { state in
      state.setEndpoints(endpoints, at: now)
      return state.loads.largestBlock
    }
    promptBytes.store(PromptLimit.bytes(configuration.prefixCache, largestBlock: largestBlock), ordering: .relaxed)
  }

  /// Reads all loads; every `staleness`.
  func refresh(at now: Int64) { state.withLock { $0.refresh(at: now) } }

  /// Chooses an endpoint and counts the request as sent there.
  ///
  /// - Parameters:
  ///   - hint: the only endpoints that the gateway allows; nil for all.
  ///   - isRandom: any endpoint will do, as long as filters let it pass.
  ///   - explain: hand back how the pick came about, which takes time in proportion to the candidates.
  ///   - timesPlugins: hand back how long each plugin took.
  func pick(
    _ request: PickRequest, subset hint: SubsetHint? = nil, isRandom: Bool = false, at now: Int64,
    explain: Bool = false, timesPlugins: Bool = false
  ) -> PickedOutcome {
    var outcome = state.withLock { state in
      state.pick(
        request, subset: hint, isRandom: isRandom, at: now, explain: explain, timesPlugins: timesPlugins, log: log)
    }
    if let explanation = outcome.explanation {
      log?.record(explanation)
      if !explain { outcome.explanation = nil }
    }
    return outcome
  }

  /// Takes a request off its endpoint, whether it succeeded or not; once for every pick that succeeded.
  ///
  /// - Returns: false, and nothing is done, when the ticket was handed in before.
  @discardableResult func finished(_ ticket: PickTicket) -> Bool { state.withLock { $0.finished(ticket) } }

  /// How busy the pool is by the configured detector: 1 or more is saturated, as is a pool without endpoints.
  func saturation(at now: Int64) -> Double { state.withLock { $0.saturation(at: now) } }

  /// Whether there are no endpoints, and how busy they are.
  func readiness(at now: Int64) -> (saturation: Double, isEmpty: Bool) {
    state.withLock { state in (state.saturation(at: now), state.snapshot.count == 0) }
  }

  /// Counts a request of `bytes` that flow control lets through as part of the pool's saturation, until the next pick.
  func expectPick(bytes: Int, at now: Int64) { state.withLock { $0.expectPick(bytes: bytes, at: now) } }

  /// How many bytes of a prompt picks look at; see `PickRequest.takePrompt`.
  var promptLimit: Int { promptBytes.load(ordering: .relaxed) }

  /// What the metrics page says of the pool.
  func gauges(at now: Int64) -> PoolGauges {
    state.withLock { state in
      state.readChangedLoads(at: now)
      return PoolGauges(state, pool: pool, at: now)
    }
  }
}
