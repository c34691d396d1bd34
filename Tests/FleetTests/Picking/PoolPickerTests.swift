import EndpointPicking
import Simulation
import Testing

@testable import Fleet

@Suite struct PoolPickerTests {
  @Test func reportsThePick() throws {
    let picker = Picking.picker([Picking.endpoint(7)])
    let prompt = String(repeating: "p", count: 200)
    let first = try picker.pick(Picking.request(prompt: prompt), at: 0).result.get()
    #expect(first.token == 7 && first.authority == "10.0.0.8:8000" && first.id.name == "pod-7")
    #expect(first.prefixBlocks == (0, 3))
    #expect(first.fallbackTokens.isEmpty && first.prefillToken == nil)
    let second = picker.pick(Picking.request(prompt: prompt), at: 1, explain: true)
    #expect(try second.result.get().prefixBlocks == (3, 3))
    #expect(second.explanation?.chosen == "pod-7" && second.explanation?.pool == "pool")
    #expect(second.duration > 0)
  }

  @Test func timesPluginsWhenAsked() throws {
    let picker = Picking.picker([Picking.endpoint(0), Picking.endpoint(1)])
    #expect(picker.pick(Picking.request(), at: 0).pluginDurations.isEmpty)
    let outcome = picker.pick(Picking.request(), at: 0, timesPlugins: true)
    let plugins = outcome.pluginDurations.map { picker.pluginStages[$0.stage].plugin.name }
    let handler = "single-profile-handler"
    #expect(
      plugins == [
        handler, "queue-scorer", "kv-cache-utilization-scorer", "prefix-cache-scorer", "max-score-picker", handler,
        handler,
      ])
    let sum = outcome.pluginDurations.reduce(0) { $0 + $1.nanoseconds }
    #expect(sum > 0 && sum <= outcome.duration)
  }

  @Test func countsWhatIsOnItsWayByFlow() throws {
    let picker = Picking.picker([Picking.endpoint(0)])
    func gauges() -> [String: [Int]] {
      let gauges = picker.gauges(at: 0).inFlight
      return Dictionary(
        uniqueKeysWithValues: gauges.map { ("\($0.flow.fairnessID) \($0.flow.priority)", [$0.requests, $0.tokens]) })
    }
    func send(_ fairness: String, _ priority: Int, bytes: Int) throws -> PickTicket {
      var request = Picking.request(priority: priority)
      request.fairnessID = fairness
      request.bodyBytes = bytes
      return try picker.pick(request, at: 0).result.get().ticket
    }
    #expect(gauges() == ["default-flow 0": [0, 0]])
    let tickets = [try send("", 0, bytes: 40), try send("team", 0, bytes: 80), try send("team", 2, bytes: 0)]
    let last = try send("team", 0, bytes: 80)
    #expect(gauges() == ["default-flow 0": [1, 25], "team 0": [2, 100], "team 2": [1, 0]])
    #expect(
      picker.gauges(at: 0).inFlight.allSatisfy { $0.producer == "inflight-load-producer" && $0.id.name == "pod-0" })
    picker.finished(tickets[0])
    picker.finished(last)
    #expect(gauges() == ["default-flow 0": [0, 0], "team 0": [1, 50], "team 2": [1, 0]])
    // Those that an endpoint takes with it when it goes are nowhere.
    picker.setEndpoints([Picking.endpoint(1)], at: 0)
    #expect(gauges() == ["default-flow 0": [0, 0]])
    #expect(picker.gauges(at: 0).inFlight.map(\.id.name) == ["pod-1"])
  }

  @Test func refusesWithoutEndpoints() {
    let picker = Picking.picker([])
    let outcome = picker.pick(Picking.request(), at: 0, explain: true)
    guard case .failure(let error) = outcome.result else {
      Issue.record("something was picked")
      return
    }
    #expect(error == .noCandidates && error.httpStatus == 503)
    #expect(outcome.explanation?.chosen == nil && outcome.explanation != nil)
  }

  @Test func finishesOnce() throws {
    let picker = Picking.picker([Picking.endpoint(0)])
    let tickets = try (0..<3).map { _ in try picker.pick(Picking.request(), at: 0).result.get().ticket }
    #expect(picker.gauges(at: 0).inFlightRequests == 3)
    #expect(picker.finished(tickets[1]))
    #expect(!picker.finished(tickets[1]))
    #expect(picker.gauges(at: 0).endpoints[0].inFlightRequests == 2)
    // The slot is used again, but not under the old ticket.
    let next = try picker.pick(Picking.request(), at: 0).result.get().ticket
    #expect(!picker.finished(tickets[1]))
    #expect(picker.finished(next) && picker.finished(tickets[0]) && picker.finished(tickets[2]))
    #expect(picker.gauges(at: 0).inFlightRequests == 0)
    #expect(picker.gauges(at: 0).endpoints[0].inFlightRequests == 0)
  }

  @Test func equalSeedsGiveEqualPicks() {
    func run() -> [Int?] {
      let picker = Picking.picker((0..<8).map { Picking.endpoint($0) })
      return (0..<100).map { picker.choice(at: $0) }
    }
    #expect(run() == run())
    #expect(Set(run()).count == 8)
  }

  /// Endpoints come, go and change their models while requests run: every pick is of a member of that moment that may
  /// serve the model, and the counts add up.
  @Test(arguments: Array(UInt64(1)...12)) func picksMembersOnly(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let models = (0..<40).map { _ in SettableModels(["base"]) }
    let loads = (0..<40).map { _ in SettableLoad() }
    var members: [Int] = []
    var served = Array(repeating: Set(["base"]), count: 40)
    var open: [PickTicket: Int] = [:]
    let picker = Picking.picker([], staleness: seed % 2 == 0 ? nil : 50 * Picking.millisecond)
    var now: Int64 = 0
    for _ in 0..<2_000 {
      now += Int64.random(in: 0...500 * Picking.millisecond, using: &random)
      switch Int.random(in: 0..<20, using: &random) {
      case 0:
        members = (0..<40).filter { _ in Bool.random(using: &random) }.shuffled(using: &random)
        if Int.random(in: 0..<5, using: &random) == 0 { members = [] }
        picker.setEndpoints(
          members.map { Picking.endpoint($0, load: loads[$0], models: $0 % 7 == 0 ? nil : models[$0]) }, at: now)
      case 1:
        let index = Int.random(in: 0..<40, using: &random)
        served[index] = Bool.random(using: &random) ? ["base"] : ["base", "lora"]
        models[index].set(served[index])
      case 2: picker.refresh(at: now)
      case 3...7:
        guard let ticket = open.keys.randomElement(using: &random) else { continue }
        open[ticket] = nil
        #expect(picker.finished(ticket))
      case 8: loads[Int.random(in: 0..<40, using: &random)].set { $0.waiting = Int.random(in: 0..<9, using: &random) }
      default:
        let model = Bool.random(using: &random) ? "base" : "lora"
        let prompt = String(repeating: "abcdefgh", count: Int.random(in: 0..<40, using: &random))
        let result = picker.pick(Picking.request(model, prompt: prompt), at: now).result
        guard case .success(let picked) = result else {
          #expect(members.isEmpty)
          continue
        }
        let able = members.filter { $0 % 7 == 0 || served[$0].contains(model) }
        #expect((able.isEmpty ? members : able).contains(picked.token))
        #expect(picked.id.name == "pod-\(picked.token)")
        open[picked.ticket] = picked.token
      }
      #expect(picker.gauges(at: now).inFlightRequests == open.count)
    }
    for ticket in open.keys { #expect(picker.finished(ticket)) }
    picker.setEndpoints((0..<40).map { Picking.endpoint($0, load: loads[$0]) }, at: now)
    #expect(picker.gauges(at: now).endpoints.allSatisfy { $0.inFlightRequests == 0 && $0.inFlightTokens == 0 })
  }

  /// Threads pick and finish while another changes the endpoints, and another reads.
  @Test func servesManyThreads() async {
    let loads = (0..<40).map { _ in SettableLoad() }
    let endpoints = loads.enumerated().map { Picking.endpoint($0, load: $1, models: SettableModels(["m"])) }
    let log = PickLog()
    let picker = Picking.picker(Array(endpoints[..<20]), log: log)
    let counts = await withTaskGroup(of: (picked: Int, finished: Int, again: Int).self) { group in
      for thread in 0..<6 {
        group.addTask {
          var counts = (picked: 0, finished: 0, again: 0)
          var open: [PickTicket] = []
          for step in 0..<2_000 {
            let now = Int64(step) * Picking.millisecond
            let outcome = picker.pick(Picking.request(prompt: "\(thread)"), at: now, explain: step % 64 == 0)
            guard case .success(let picked) = outcome.result, (0..<40).contains(picked.token) else { continue }
            counts.picked += 1
            open.append(picked.ticket)
            guard open.count > 16 else { continue }
            let ticket = open.removeFirst()
            if picker.finished(ticket) { counts.finished += 1 }
            if picker.finished(ticket) { counts.again += 1 }
          }
          for ticket in open where picker.finished(ticket) { counts.finished += 1 }
          return counts
        }
      }
      group.addTask {
        for step in 0..<400 {
          picker.setEndpoints(Array(endpoints[(step % 20)..<(step % 20 + 20)]), at: Int64(step) * Picking.millisecond)
          loads[step % 40].set { $0.waiting = step % 5 }
          _ = picker.gauges(at: Int64(step) * Picking.millisecond)
          _ = picker.saturation(at: Int64(step) * Picking.millisecond)
        }
        return (0, 0, 0)
      }
      return await group.reduce((0, 0, 0)) { ($0.0 + $1.picked, $0.1 + $1.finished, $0.2 + $1.again) }
    }
    #expect(counts == (12_000, 12_000, 0))
    picker.setEndpoints(endpoints, at: 3_000 * Picking.millisecond)
    let gauges = picker.gauges(at: 3_000 * Picking.millisecond)
    #expect(gauges.inFlightRequests == 0)
    #expect(gauges.endpoints.allSatisfy { $0.inFlightRequests == 0 })
    #expect(log.picks.count == PickLog.capacity)
  }
}
