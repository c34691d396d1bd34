import Simulation
import Testing

@testable import EndpointPicking

/// A clock that is later by another step at every reading.
private final class SteppingClock {
  private(set) var readings = 0
  private var now: Int64
  private let step: Int64

  init(from now: Int64 = 1_000, step: Int64 = 10) {
    self.now = now
    self.step = step
  }

  func read() -> Int64 {
    readings += 1
    now &+= step
    return now
  }
}

@Suite struct PluginTimingTests {
  private static func outcome(
    _ scheduler: Scheduler, _ snapshot: Snapshot, _ request: PickRequest = request(), explain: Bool = false,
    clock: (() -> Int64)?
  ) -> PickOutcome {
    var generator = SplitMix64(seed: 3)
    return scheduler.pick(
      request, candidates: snapshot, at: 0, explain: explain, clock: clock, using: &generator)
  }

  /// `point name` of each time that was measured.
  private static func names(_ outcome: PickOutcome, _ scheduler: Scheduler) -> [String] {
    let stages = scheduler.configuration.pluginStages
    return outcome.pluginDurations.map { stages[$0.stage] }.map { "\($0.extensionPoint.rawValue) \($0.plugin.name)" }
  }

  private static let handler = "ProfilePicker single-profile-handler"
  private static let results = "ProcessProfilesResults single-profile-handler"

  @Test(arguments: [false, true]) func timesEveryPluginOnce(explain: Bool) {
    var scheduler = Scheduler()
    let snapshot = scheduler.snapshot(of: [pod(0), pod(1)], at: 0)
    let clock = SteppingClock()
    let outcome = Self.outcome(scheduler, snapshot, explain: explain, clock: clock.read)
    #expect(
      Self.names(outcome, scheduler) == [
        Self.handler, "Scorer queue-scorer", "Scorer kv-cache-utilization-scorer", "Scorer prefix-cache-scorer",
        "Picker max-score-picker", Self.handler, Self.results,
      ])
    #expect(outcome.pluginDurations.allSatisfy { $0.nanoseconds == 10 })
    // One reading to begin, and one for each plugin; an explanation is kept out of their times.
    #expect(explain ? clock.readings > 8 : clock.readings == 8)
  }

  @Test func withoutAClockNothingIsMeasured() {
    var scheduler = Scheduler()
    let snapshot = scheduler.snapshot(of: [pod(0)], at: 0)
    #expect(Self.outcome(scheduler, snapshot, clock: nil).pluginDurations.isEmpty)
  }

  @Test func theClockDecidesNothing() throws {
    var scheduler = Scheduler()
    let snapshot = scheduler.snapshot(of: (0..<20).map { pod($0, waiting: $0 % 3) }, at: 0)
    for seed in 1...50 as ClosedRange<UInt64> {
      var generator = SplitMix64(seed: seed)
      let clock = SteppingClock()
      let timed = scheduler.pick(request(), candidates: snapshot, at: 0, clock: clock.read, using: &generator)
      #expect(try timed.result.get().targets == scheduler.decision(request(), snapshot, seed: seed).targets)
    }
  }

  @Test func aClockThatGoesBackGivesZeros() {
    var scheduler = Scheduler()
    let snapshot = scheduler.snapshot(of: [pod(0)], at: 0)
    for clock in [SteppingClock(step: -5), SteppingClock(from: .max - 20, step: 15)] {
      let durations = Self.outcome(scheduler, snapshot, clock: clock.read).pluginDurations
      #expect(durations.count == 7 && durations.allSatisfy { $0.nanoseconds >= 0 && $0.nanoseconds <= 15 })
    }
  }

  @Test func filtersAreTimedUntilNothingIsLeft() throws {
    var scheduler = Scheduler(
      try configuration([
        ["type": "prefill-filter"], ["type": "decode-filter", "name": "second"],
        ["type": "encode-filter", "name": "third"], ["type": "random-picker", "name": "any"],
      ]))
    let snapshot = scheduler.snapshot(of: [pod(0, labels: ["llm-d.ai/role": "prefill"])], at: 0)
    let outcome = Self.outcome(scheduler, snapshot, clock: SteppingClock().read)
    #expect(
      Self.names(outcome, scheduler) == [Self.handler, "Filter prefill-filter", "Filter second", Self.results])
    let none = Self.outcome(scheduler, scheduler.snapshot(of: [], at: 0), clock: SteppingClock().read)
    #expect(none.pluginDurations.isEmpty)
  }

  /// The profiles run in another order than they are configured in.
  @Test func pluginsOfSeveralProfilesAreToldApart() throws {
    var scheduler = try ProfileTests.scheduler([
      "type": "disagg-profile-handler", "name": "pd",
      "parameters": ["deciders": ["prefill": "always-disagg-pd-decider"]],
    ])
    let snapshot = scheduler.snapshot(of: ProfileTests.pods, at: 0)
    let outcome = Self.outcome(scheduler, snapshot, clock: SteppingClock().read)
    #expect(
      Self.names(outcome, scheduler) == [
        "ProfilePicker pd", "Filter decode-filter", "Scorer prefix-cache-scorer", "Picker max-score-picker",
        "ProfilePicker pd", "Filter prefill-filter", "Picker max-score-picker", "ProfilePicker pd",
        "ProcessProfilesResults pd",
      ])
    #expect(scheduler.configuration.disaggregationPlugin == PluginIdentity(name: "pd", type: "disagg-profile-handler"))
    #expect(SchedulerConfiguration().disaggregationPlugin == nil)
  }

  @Test func aProfileThatIsNotThereIsTheHandlersMatter() throws {
    var scheduler = try ProfileTests.scheduler(["type": "header-profile-handler"])
    let snapshot = scheduler.snapshot(of: ProfileTests.pods, at: 0)
    let asked = request(headers: ["epp-profile": "nothing"])
    let outcome = Self.outcome(scheduler, snapshot, asked, clock: SteppingClock().read)
    #expect(Self.names(outcome, scheduler) == ["ProfilePicker header-profile-handler"])
  }

  @Test func stagesHaveNamesAndTypes() throws {
    let named = try configuration(
      [
        ["type": "queue-scorer", "name": "q"], ["type": "random-picker", "name": "any"],
        ["type": "approx-prefix-cache-producer", "name": "index"], ["type": "inflight-load-producer", "name": "load"],
        ["type": "single-profile-handler", "name": "one"], ["type": "prefix-cache-scorer"],
      ],
      profiles: [["name": "p", "plugins": [["pluginRef": "prefix-cache-scorer"], ["pluginRef": "q", "weight": 2]]]])
    let handler = PluginIdentity(name: "one", type: "single-profile-handler")
    #expect(
      named.pluginStages == [
        PluginStage(.profilePicker, handler), PluginStage(.processProfilesResults, handler),
        PluginStage(.scorer, PluginIdentity("prefix-cache-scorer")),
        PluginStage(.scorer, PluginIdentity(name: "q", type: "queue-scorer")),
        // The profile names no picker, so it is the configuration's.
        PluginStage(.picker, PluginIdentity(name: "any", type: "random-picker")),
      ])
    #expect(named.prefixPlugin == PluginIdentity(name: "index", type: "approx-prefix-cache-producer"))
    #expect(named.inFlightPlugin == PluginIdentity(name: "load", type: "inflight-load-producer"))
    #expect(SchedulerConfiguration().prefixPlugin == PluginIdentity("approx-prefix-cache-producer"))
    #expect(SchedulerConfiguration().inFlightPlugin == PluginIdentity("inflight-load-producer"))
    #expect(SchedulerConfiguration().pluginStages.count == 6)
  }
}

@Suite struct SentRequestTests {
  @Test func saysWhereItIsGoing() throws {
    var scheduler = try ProfileTests.scheduler([
      "type": "disagg-profile-handler", "parameters": ["deciders": ["prefill": "always-disagg-pd-decider"]],
    ])
    let snapshot = scheduler.snapshot(of: ProfileTests.pods, at: 0)
    let pick = try scheduler.decision(request(String(repeating: "x", count: 80)), snapshot)
    #expect(pick.prefixBlockBytes == 64 && pick.prefixBlocks == (0, 1))
    let sent = scheduler.requestSent(pick, at: 0)
    #expect(scheduler.endpoints(of: sent).map(\.name) == ["pod-1", "pod-0"])
    #expect(sent.tokens == scheduler.inFlight(ProfileTests.pods[0].id).tokens && sent.tokens > 0)
    // An endpoint that is gone is remembered for a while, and then its number is given to another.
    _ = scheduler.snapshot(of: [ProfileTests.pods[0]], at: 1)
    #expect(scheduler.endpoints(of: sent).map(\.name) == ["pod-1", "pod-0"])
    _ = scheduler.snapshot(of: [ProfileTests.pods[0]], at: 1 + Scheduler.purgeInterval)
    #expect(scheduler.endpoints(of: sent).map(\.name) == ["pod-0"])
    _ = scheduler.snapshot(of: [ProfileTests.pods[0], pod(7), pod(8)], at: 2 + Scheduler.purgeInterval)
    #expect(scheduler.endpoints(of: sent).map(\.name) == ["pod-0"])
  }
}
