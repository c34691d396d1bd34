import EndpointPicking
import Glibc
import HTTPServer
import Testing

@testable import Fleet

/// One after the other: they count requests over time.
@Suite(.serialized) struct EndpointScraperTests {
  private static func settings(interval: Int64 = 10, timeout: Int64 = 1_000) -> ScrapingSettings {
    var settings = ScrapingSettings()
    settings.interval = interval * 1_000_000
    settings.timeout = timeout * 1_000_000
    return settings
  }

  /// Runs `body` with a scraper and servers that have these pages, and an endpoint for each.
  private static func run(
    _ pages: [String], _ settings: ScrapingSettings = settings(), engine: String? = nil,
    _ body: (ScrapedServers, ScrapingLoop, [ScrapedEndpoint]) throws -> Void
  ) throws {
    let servers = try ScrapedServers(pages)
    let loop = try ScrapingLoop(settings)
    defer {
      loop.stop()
      servers.stop()
    }
    try body(servers, loop, pages.indices.map { ScrapedEndpoint(servers.address($0), engine: engine) })
  }

  @Test func loadsFollowThePages() throws {
    try Self.run([MetricsPages.vllm(waiting: 1), MetricsPages.sglang]) { servers, loop, endpoints in
      #expect(endpoints[0].metrics(at: 0).updatedAt == nil && endpoints[0].revision == 0)
      let start = Clock.monotonic
      loop.with { $0.setEndpoints(endpoints) }
      #expect(comesTrue { endpoints.allSatisfy { $0.revision > 0 } })
      #expect(endpoints[0].metrics(at: 0).waiting == 1 && endpoints[1].metrics(at: 0).running == 7)
      servers.change(0) { $0.page = MetricsPages.vllm(waiting: 2, running: 3, usage: 0.5) }
      #expect(comesTrue { endpoints[0].metrics(at: 0).waiting == 2 })
      let metrics = endpoints[0].metrics(at: 0)
      #expect(metrics.running == 3 && metrics.kvUsage == 0.5)
      let updated = try #require(metrics.updatedAt)
      #expect(updated > start && updated <= Clock.monotonic)
      #expect(endpoints[0].isScraped && endpoints[0].failures == 0 && endpoints[0].polls >= 2)
    }
  }

  @Test func everyEndpointInEveryInterval() throws {
    let pages = Array(repeating: MetricsPages.vllm(waiting: 0), count: 20)
    try Self.run(pages, Self.settings(interval: 50)) { servers, loop, endpoints in
      loop.with { $0.setEndpoints(endpoints) }
      #expect(comesTrue { endpoints.allSatisfy { $0.polls >= 2 } })
      let before = endpoints.map(\.polls)
      let start = Clock.monotonic
      usleep(1_000_000)
      let polls = zip(endpoints, before).map { $0.polls - $1 }
      let intervals = Double(Clock.monotonic - start) / 50e6
      // No more than one per interval. A busy machine may have lost some.
      #expect(polls.allSatisfy { Double($0) <= intervals + 2 }, "\(polls)")
      #expect(polls.allSatisfy { Double($0) >= intervals / 4 }, "\(polls)")
      // Their turns are spread: of a second's polls only a few came within the same millisecond.
      let times = endpoints.indices.flatMap { servers.behaviour($0).times }
      let busiest = Dictionary(grouping: times.map { $0 / 1_000_000 }, by: { $0 }).values.map(\.count).max() ?? 0
      #expect(busiest < 15)
    }
  }

  @Test func aSlowServerIsAskedOnceAtATimeAndDelaysNobody() throws {
    let pages = Array(repeating: MetricsPages.vllm(waiting: 0), count: 3)
    try Self.run(pages) { servers, loop, endpoints in
      servers.change(1) { $0.delay = 300_000_000 }
      loop.with { $0.setEndpoints(endpoints) }
      #expect(comesTrue { endpoints[1].polls >= 2 })
      #expect(servers.behaviour(1).mostOpen == 1)
      #expect(servers.polls(1) <= 4)
      #expect(min(servers.polls(0), servers.polls(2)) >= 10)
      #expect(endpoints[1].failures == 0)
    }
  }

  @Test func removedEndpointsAreNotAskedAgain() throws {
    let pages = Array(repeating: MetricsPages.vllm(waiting: 4), count: 3)
    try Self.run(pages) { servers, loop, endpoints in
      loop.with { $0.setEndpoints(endpoints) }
      #expect(comesTrue { endpoints.allSatisfy { $0.polls >= 2 } })
      // The answer to the last one asked is on its way.
      servers.change(2) { $0.delay = nil }
      let asked = servers.polls(2)
      #expect(comesTrue { servers.polls(2) > asked })
      loop.with { scraper in
        scraper.setEndpoints([endpoints[0]])
        #expect(scraper.count == 1)
      }
      usleep(30_000)
      let before = (servers.polls(1), servers.polls(2), servers.polls(0))
      usleep(200_000)
      #expect(servers.polls(1) == before.0 && servers.polls(2) == before.1)
      #expect(servers.polls(0) > before.2)
      // What was read stays, and it can come back.
      #expect(endpoints[1].metrics(at: 0).waiting == 4)
      loop.with { $0.remove(endpoints[0]) }
      loop.with { $0.add(endpoints[1]) }
      #expect(comesTrue { servers.polls(1) > before.0 })
      loop.with { scraper in
        scraper.add(endpoints[1])
        #expect(scraper.count == 1)
      }
    }
  }

  @Test func aServerThatFailsAndComesBack() throws {
    try Self.run([MetricsPages.vllm(waiting: 1), MetricsPages.vllm(waiting: 0)]) { servers, loop, endpoints in
      loop.with { $0.setEndpoints(endpoints) }
      #expect(comesTrue { endpoints[0].polls >= 2 })
      servers.change(0) { $0.status = 503 }
      #expect(comesTrue { endpoints[0].failures >= 8 })
      let updated = endpoints[0].metrics(at: 0).updatedAt
      // By now once a second.
      let before = servers.polls(0)
      usleep(2_600_000)
      #expect((1...4).contains(servers.polls(0) - before))
      #expect(endpoints[0].metrics(at: 0).updatedAt == updated && endpoints[0].metrics(at: 0).waiting == 1)
      #expect(loop.counters.pollErrorCount == endpoints[0].failures)
      servers.change(0) { $0.status = 200 }
      #expect(comesTrue { endpoints[0].metrics(at: 0).updatedAt != updated })
      let url = servers.address(0).url("/metrics")
      let name = servers.address(0).authority
      #expect(
        loop.lines.all == [
          "warning cannot read the load of \(name) at \(url): status 503", "info reading the load of \(name) again",
        ])
      let after = servers.polls(0)
      #expect(comesTrue { servers.polls(0) >= after + 10 })
    }
  }

  @Test func aServerThatNeverAnswers() throws {
    try Self.run([MetricsPages.vllm(waiting: 1)], Self.settings(timeout: 50)) { servers, loop, endpoints in
      servers.change(0) { $0.delay = nil }
      loop.with { $0.setEndpoints(endpoints) }
      #expect(comesTrue { endpoints[0].failures >= 3 })
      #expect(servers.behaviour(0).mostOpen <= 2)
      #expect(endpoints[0].metrics(at: 0).updatedAt == nil && endpoints[0].revision == 0)
      servers.change(0) { $0.delay = 0 }
      #expect(comesTrue { endpoints[0].revision > 0 })
    }
  }

  @Test func nobodyThere() throws {
    let loop = try ScrapingLoop(Self.settings())
    let endpoint = ScrapedEndpoint(RemoteAddress(host: "127.0.1.1", port: try ScrapedServers.closedPort()))
    loop.with { $0.add(endpoint) }
    #expect(comesTrue { endpoint.failures >= Scrape.loggedFailures })
    #expect(loop.lines.all.count == 1 && loop.counters.pollCount >= 3)
    loop.stop()
  }

  @Test func aPageOfSomethingElse() throws {
    try Self.run(["<html></html>"]) { servers, loop, endpoints in
      loop.with { $0.setEndpoints(endpoints) }
      #expect(comesTrue { loop.counters.extractErrorCount >= 3 })
      #expect(endpoints[0].failures >= 3 && loop.lines.all.count == 1)
      #expect(loop.lines.all.first?.hasSuffix("its page has none of the metrics that are looked for") == true)
    }
  }

  @Test func aPageThatIsTooLarge() throws {
    var settings = Self.settings()
    settings.maxPageBytes = 100_000
    let page = MetricsPages.vllm(waiting: 3) + String(repeating: "# filler\n", count: 20_000)
    try Self.run([page], settings) { servers, loop, endpoints in
      loop.with { $0.setEndpoints(endpoints) }
      #expect(comesTrue { endpoints[0].failures >= 3 })
      #expect(endpoints[0].revision == 0)
      servers.change(0) { $0.page = MetricsPages.vllm(waiting: 3) }
      #expect(comesTrue { endpoints[0].metrics(at: 0).waiting == 3 })
    }
  }

  /// Without a label all places are tried; with one only the engine's own.
  @Test(arguments: [nil, "unheard-of", "trtllm-serve"])
  func whereTheEngineHasItsPage(label: String?) throws {
    try Self.run([MetricsPages.trtllmServe], engine: label) { servers, loop, endpoints in
      servers.change(0) { $0.path = "/prometheus/metrics" }
      loop.with { $0.setEndpoints(endpoints) }
      #expect(comesTrue { endpoints[0].metrics(at: 0).blocks == 2_048 })
      #expect(servers.behaviour(0).paths.contains("/metrics") == (label != "trtllm-serve"))
    }
  }

  @Test func aPathOfTheSettings() throws {
    var settings = Self.settings()
    settings.path = "/load?of=1"
    try Self.run([MetricsPages.trtllmServe], settings) { servers, loop, endpoints in
      servers.change(0) { $0.path = "/load" }
      loop.with { $0.setEndpoints(endpoints) }
      #expect(comesTrue { endpoints[0].metrics(at: 0).blocks == 2_048 })
      #expect(Set(servers.behaviour(0).paths) == ["/load"])
    }
  }

  @Test func anotherEngineAtTheSameAddress() throws {
    try Self.run([MetricsPages.sglang]) { servers, loop, endpoints in
      loop.with { $0.setEndpoints(endpoints) }
      #expect(comesTrue { endpoints[0].metrics(at: 0).running == 7 })
      servers.change(0) { $0.page = MetricsPages.vllm }
      #expect(comesTrue { endpoints[0].metrics(at: 0).running == 5 })
    }
  }

  /// Pages without a label are the default engine's, whatever came in between.
  @Test func theDefaultEngineStays() throws {
    var settings = Self.settings()
    settings.defaultEngine = "sglang"
    try Self.run([MetricsPages.sglang], settings) { servers, loop, endpoints in
      servers.change(0) { $0.status = 404 }
      loop.with { $0.setEndpoints(endpoints) }
      #expect(comesTrue { endpoints[0].failures >= 2 })
      servers.change(0) {
        $0.status = 200
        $0.page = MetricsPages.vllm
      }
      let failures = endpoints[0].failures
      #expect(comesTrue { endpoints[0].failures >= failures + 2 })
      #expect(endpoints[0].revision == 0)
      servers.change(0) { $0.page = MetricsPages.sglang }
      #expect(comesTrue { endpoints[0].metrics(at: 0).running == 7 })
    }
  }
}
