/// Chooses an endpoint for each request of one pool (GIE v1.5, scheduler).
///
/// A value without clock or randomness of its own: equal calls give equal answers. `pick` decides and changes nothing;
/// `requestSent` and `requestFinished` are what it learns from.
public struct Scheduler: Sendable {
  /// Endpoints that are gone are forgotten after at most so many nanoseconds: 2 minutes.
  public static let purgeInterval: Int64 = 120_000_000_000

  /// What it was made from.
  public let configuration: SchedulerConfiguration
  /// The pool's name, for explanations.
  public let pool: String

  var registry = EndpointRegistry()
  var learned = LearnedState()
  private var nextPurge: Int64?

  /// A scheduler that has learned nothing yet.
  public init(_ configuration: SchedulerConfiguration = SchedulerConfiguration(), pool: String = "") {
    self.configuration = configuration
    self.pool = pool
    learned.sessions = configuration.sessionAffinities.map { SessionTable($0) }
  }

  /// The endpoints to pick from, as of now. Call it when membership changes; `Snapshot.update` renews loads.
  ///
  /// What was learned of endpoints that are missing is dropped at most every `purgeInterval`.
  public mutating func snapshot(of endpoints: [Endpoint], at now: Int64) -> Snapshot {
    let handles = registry.register(endpoints)
    purge(at: now)
    return Snapshot(endpoints, handles: handles)
  }

  /// Drops what was learned of endpoints that the latest snapshot lacks, if that is due.
  public mutating func purge(at now: Int64) {
    guard let due = nextPurge else {
      nextPurge = now &+ Self.purgeInterval
      return
    }
    guard now >= due else { return }
    nextPurge = now &+ Self.purgeInterval
    for handle in registry.removeAbsent() { learned.remove(handle) }
  }

  /// Chooses for `request` among `candidates`, or only among those whose indexes are in `subset`.
  ///
  /// `now` is in nanoseconds on the caller's clock. `explain` asks for an explanation, which costs time. `clock`, in
  /// nanoseconds and never going back, is read once for every plugin, for `PickOutcome.pluginDurations`; it has no
  /// influence on the decision.
  public func pick(
    _ request: PickRequest, candidates snapshot: Snapshot, subset: [Int]? = nil, at now: Int64, explain: Bool = false,
    clock: (() -> Int64)? = nil, using generator: inout some RandomNumberGenerator
  ) -> PickOutcome {
    let indexes = subset.map { Self.valid($0, count: snapshot.count) } ?? Array(0..<snapshot.count)
    let context = PickContext(
      request: request, snapshot: snapshot, prefix: match(request, snapshot), learned: learned, now: now)
    var runs = ProfileRuns(count: configuration.profiles.count)
    var traces: [ProfileTrace?] = []
    var result: Result<Pick, PickFailure>
    // The handler is asked once before each profile and once after them.
    var timer = PluginTimer(
      clock, expecting: configuration.firstStage(of: configuration.profiles.count) + configuration.profiles.count)
    if indexes.isEmpty {
      result = .failure(.noCandidates)
    } else {
      result = .failure(.noCandidates)
      deciding: while true {
        switch configuration.handler.step(runs, context) {
        case .run(let profile):
          timer.lap(SchedulerConfiguration.profilePickerStage)
          var trace: ProfileTrace? = explain ? ProfileTrace() : nil
          let run = configuration.profiles[profile].run(
            indexes, context, trace: &trace, timer: &timer, firstStage: configuration.firstStage(of: profile),
            using: &generator)
          runs.record(run, of: profile)
          if explain {
            while traces.count <= profile { traces.append(nil) }
            traces[profile] = trace
          }
        case .finish(let conclusion):
          timer.lap(SchedulerConfiguration.profilePickerStage)
          result = .success(finish(conclusion, runs, context))
          timer.lap(SchedulerConfiguration.processResultsStage)
          break deciding
        case .fail(let failure):
          timer.lap(
            runs.isEmpty ? SchedulerConfiguration.profilePickerStage : SchedulerConfiguration.processResultsStage)
          result = .failure(failure)
          break deciding
        }
      }
    }
    guard explain else { return PickOutcome(result: result, explanation: nil, pluginDurations: timer.durations) }
    let primary = configuration.handler.primaryProfile(runs, context)
    let trace = primary < traces.count ? traces[primary] : nil
    return PickOutcome(
      result: result,
      explanation: explanation(result, profile: configuration.profiles[primary], trace: trace, context),
      pluginDurations: timer.durations)
  }

  /// How much of the prompt each endpoint is thought to hold.
  private func match(_ request: PickRequest, _ snapshot: Snapshot) -> PrefixMatch {
    guard let settings = configuration.prefixCache else { return .none }
    let hashes = PrefixHashes(request, settings: settings, measuredBlockSize: snapshot.blockSize)
    guard !hashes.blocks.isEmpty else { return PrefixMatch(hashes: hashes, held: []) }
    return PrefixMatch(hashes: hashes, held: learned.prefixes.match(hashes.blocks, handles: snapshot.handleLimit))
  }

  /// Indexes in range, each once, in their order.
  private static func valid(_ subset: [Int], count: Int) -> [Int] {
    var seen = [Bool](repeating: false, count: count)
    return subset.filter { index in
      guard index >= 0, index < count, !seen[index] else { return false }
      seen[index] = true
      return true
    }
  }
}
