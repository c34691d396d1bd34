import EndpointPicking
import Testing

@testable import Fleet

@Suite struct LoadReadingTests {
  @Test func liveLoadsAreReadOnEveryPick() {
    let loads = [SettableLoad(), SettableLoad(waiting: 5)]
    let picker = Picking.picker(loads.enumerated().map { Picking.endpoint($0, load: $1) })
    #expect(picker.choices() == [0])
    loads[0].set { $0.waiting = 9 }
    #expect(picker.choices() == [1])
    loads[1].set { $0.waiting = 10 }
    #expect(picker.choices() == [0])
  }

  @Test func unchangedLoadsAreNotReadAgain() {
    let loads = (0..<5).map { _ in SettableLoad() }
    let picker = Picking.picker(loads.enumerated().map { Picking.endpoint($0, load: $1) })
    for _ in 0..<50 { _ = picker.choice() }
    loads[2].set { $0.waiting = 1 }
    for _ in 0..<50 { _ = picker.choice() }
    #expect(loads.map(\.reads) == [1, 1, 2, 1, 1])
  }

  @Test func staleLoadsHoldUntilTheRefresh() {
    let loads = [SettableLoad(), SettableLoad(waiting: 5)]
    let picker = Picking.picker(
      loads.enumerated().map { Picking.endpoint($0, load: $1) }, staleness: 50 * Picking.millisecond)
    loads[0].set { $0.waiting = 9 }
    #expect(picker.choices() == [0])
    picker.refresh(at: 50 * Picking.millisecond)
    #expect(picker.choices() == [1])
  }

  @Test func membershipDoesNotRefreshThoseThatStay() {
    let loads = [SettableLoad(), SettableLoad(waiting: 5), SettableLoad(waiting: 1)]
    let endpoints = loads.enumerated().map { Picking.endpoint($0, load: $1) }
    let picker = Picking.picker(Array(endpoints[0...1]), staleness: 50 * Picking.millisecond)
    loads[0].set { $0.waiting = 9 }
    picker.setEndpoints([endpoints[2], endpoints[1], endpoints[0]], at: 1)
    #expect(picker.choices() == [0])
    // A replica that took over a name is another one.
    picker.setEndpoints([Picking.endpoint(0, load: SettableLoad(waiting: 7)), endpoints[2]], at: 2)
    #expect(picker.choices() == [2])
  }

  /// When live loads were read says nothing; scraped ones count as full once they are older than 200 ms.
  @Test(
    arguments: [
      (nil, false, 0, 3_600_000, 0.2), (nil, true, 0, 200, 0.2), (nil, true, 0, 201, 1),
      (Optional(Int64(50)), false, 0, 200, 0.2), (50, false, 0, 201, 1), (50, false, 150, 201, 0.2),
    ] as [(Int64?, Bool, Int64, Int64, Double)])
  func ageOfLoads(staleness: Int64?, isScraped: Bool, refresh: Int64, now: Int64, saturation: Double) {
    let load = SettableLoad(waiting: 1, isScraped: isScraped)
    load.set { $0.updatedAt = 0 }
    let picker = Picking.picker(
      [Picking.endpoint(0, load: load)], staleness: staleness.map { $0 * Picking.millisecond })
    if refresh > 0 { picker.refresh(at: refresh * Picking.millisecond) }
    #expect(abs(picker.saturation(at: now * Picking.millisecond) - saturation) < 1e-9)
  }

  /// Averages leave out what is older than two seconds; the detector has a limit of its own.
  @Test(
    arguments: [
      (0, true, 0), (200, true, 0), (201, true, 1), (2_000, true, 1), (2_001, false, 1), (100_000, false, 1),
    ] as [(Int64, Bool, Int)])
  func readingsGrowOld(age: Int64, isFresh: Bool, stale: Int) {
    let load = SettableLoad(isScraped: true)
    load.set { $0.updatedAt = 5 * Picking.millisecond }
    let picker = Picking.picker([Picking.endpoint(0, load: load)])
    let gauges = picker.gauges(at: (5 + age) * Picking.millisecond)
    #expect(gauges.endpoints.map(\.isFresh) == [isFresh])
    #expect(gauges.staleEndpoints?.count == stale)
  }

  @Test func liveReadingsDoNotGrowOld() throws {
    let picker = Picking.picker([Picking.endpoint(0)])
    #expect(picker.gauges(at: .max).endpoints.map(\.isFresh) == [true])
    let concurrency = Picking.picker([Picking.endpoint(0)], configuration: try Picking.flowControl())
    #expect(concurrency.gauges(at: 0).staleEndpoints == nil)
    #expect(concurrency.gauges(at: 0).prefixIndex == nil)
  }

  @Test func gauges() {
    let loads = (0..<3).map { _ in SettableLoad() }
    let picker = Picking.picker(
      loads.enumerated().map { Picking.endpoint($0, load: $1) } + [Picking.endpoint(3, load: nil)])
    loads[1].set { metrics in
      metrics.waiting = 3
      metrics.running = 6
      metrics.kvUsage = 0.9
    }
    let outcome = picker.pick(Picking.request(prompt: String(repeating: "x", count: 640)), at: 0)
    let gauges = picker.gauges(at: 0)
    #expect(gauges.endpoints.map(\.isFresh) == [true, true, true, false])
    #expect(gauges.endpoints.map(\.waiting) == [0, 3, 0, 0])
    #expect(gauges.endpoints.map(\.running) == [0, 6, 0, 0])
    #expect(gauges.endpoints.map(\.kvUsage) == [0, 0.9, 0, 0])
    #expect(gauges.prefixIndex?.entries == 10 && gauges.prefixIndex?.plugin.name == "approx-prefix-cache-producer")
    #expect(gauges.staleEndpoints?.count == 1 && gauges.staleEndpoints?.detector == "utilization-detector")
    #expect(gauges.inFlightRequests == 1)
    guard case .success(let picked) = outcome.result else {
      Issue.record("nothing was picked")
      return
    }
    #expect(gauges.endpoints.map(\.inFlightRequests) == (0..<4).map { $0 == picked.token ? 1 : 0 })
    #expect(abs(gauges.saturation - (max(0.6, 0.9 / 0.8) + 1) / 4) < 1e-9)
  }
}
