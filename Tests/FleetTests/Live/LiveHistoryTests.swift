import EndpointPicking
import ModelServer
import Prometheus
import Testing

@testable import Fleet

/// The seconds that the page at `/ui` shows.
@Suite struct LiveHistoryTests {
  private static let second: Int64 = 1_000_000_000

  /// What a server has counted after so many requests with that time to first token, in seconds.
  private static func tally(_ requests: UInt64, ttft: Double = 0.05, errors: UInt64 = 0) -> ServerTally {
    var tally = ServerTally()
    tally.requests = requests
    tally.errors = errors
    tally.tokens = requests * 10
    tally.timeToFirstToken.observe(ttft, count: requests)
    tally.interTokenLatency.observe(0.02, count: requests * 9)
    return tally
  }

  private static func reading(_ servers: [Int: ServerTally]) -> LiveReading {
    var reading = LiveReading()
    reading.servers = servers
    return reading
  }

  /// A history of readings that are a second apart, the first at second 0.
  private static func history(_ readings: [LiveReading], splits: [LiveSplit] = []) -> LiveHistory {
    var history = LiveHistory()
    for (index, reading) in readings.enumerated() {
      history.take(
        reading, splits: splits, load: (running: index, waiting: 0), at: Int64(index) * second,
        unixMilliseconds: Int64(index) * 1_000)
    }
    return history
  }

  @Test func ratesAreDifferences() throws {
    var readings = [
      Self.reading([:]), Self.reading([16: Self.tally(20)]), Self.reading([16: Self.tally(50, errors: 3)]),
    ]
    readings[2].others = AnswerCount(requests: 5, errors: 4)
    let history = Self.history(readings)
    let samples = history.samples(since: 0)
    #expect(samples.map(\.requests) == [20, 35])
    #expect(samples.map(\.errors) == [0, 7])
    #expect(samples.map(\.tokens) == [200, 300])
    #expect(samples.map(\.running) == [1, 2])
    #expect(samples.map(\.unixMilliseconds) == [1_000, 2_000])
    let last = try #require(samples.last)
    #expect(abs(try #require(last.timeToFirstToken) - 50) < 1e-6)
    // The bound of the bucket that 50 ms fall into.
    #expect(last.timeToFirstToken95 == 60)
    #expect(abs(try #require(last.interTokenLatency) - 20) < 1e-6)
    #expect(last.interTokenLatency95 == 25)
  }

  @Test func latenciesAreThoseOfTheLastSecond() throws {
    let before = Self.tally(100, ttft: 1)
    var after = before
    after.timeToFirstToken.observe(0.004, count: 10)
    let sample = try #require(
      Self.history([Self.reading([16: before]), Self.reading([16: after])]).samples(since: 0).last)
    #expect(abs(try #require(sample.timeToFirstToken) - 4) < 1e-6)
    #expect(sample.timeToFirstToken95 == 5)
    #expect(sample.interTokenLatency == nil)
  }

  @Test func aServerThatGoesTakesNothingAway() {
    let both = Self.reading([16: Self.tally(1_000), 17: Self.tally(10)])
    let history = Self.history([both, Self.reading([17: Self.tally(12)])])
    #expect(history.samples(since: 0).map(\.requests) == [2])
    #expect(history.server(16) == nil)
    #expect(history.server(17)?.requests == 2)
  }

  @Test func keepsFiveMinutes() {
    let history = Self.history((0...400).map { Self.reading([16: Self.tally(UInt64($0))]) })
    let samples = history.samples(since: 0)
    #expect(samples.map(\.number) == Array(101...400))
    #expect(history.samples(since: 397).map(\.number) == [398, 399, 400])
    #expect(history.samples(since: 400).isEmpty)
    // Of a process before this one.
    #expect(history.samples(since: .max).isEmpty)
  }

  @Test func serversShowTheirLastTenSeconds() throws {
    var readings = (0...20).map { Self.reading([16: Self.tally(UInt64($0) * 100, ttft: 1)]) }
    for index in 1...10 {
      var tally = readings[20].servers[16]!
      tally.requests += UInt64(index) * 3
      tally.errors += UInt64(index)
      tally.timeToFirstToken.observe(0.002, count: UInt64(index) * 3)
      readings.append(Self.reading([16: tally]))
    }
    let track = try #require(Self.history(readings).server(16))
    #expect(track.requests == 3)
    #expect(track.errors == 1)
    #expect(abs(try #require(track.timeToFirstToken) - 2) < 1e-6)
    #expect(track.interTokenLatency == nil)
  }

  @Test func splitsCountTheLastMinute() {
    let split = LiveSplit(
      chooser: .rewrite("canary", models: ["opt"]),
      targets: [.init(name: "a", weight: 90), .init(name: "b", weight: 10)])
    func reading(_ a: UInt64, _ b: UInt64) -> LiveReading {
      var reading = LiveReading()
      for (incoming, target, count) in [("opt", "a", a), ("opt", "b", b), ("other", "a", 77), ("opt", "c", 77)] {
        reading.rewrites[RewriteLabels(rewrite: "canary", incomingModel: incoming, targetModel: target)] = count
      }
      reading.rewrites[RewriteLabels(rewrite: "namesake", incomingModel: "opt", targetModel: "a")] = 77
      return reading
    }
    var history = Self.history([reading(5, 5), reading(95, 15)], splits: [split])
    #expect(history.splits.map(\.counts) == [[95, 15]])
    for index in 2...61 {
      history.take(reading(185, 25), splits: [split], load: (0, 0), at: Int64(index) * Self.second, unixMilliseconds: 0)
    }
    #expect(history.splits.map(\.counts) == [[90, 10]])
    // Other weights are another split, which begins with what came since the reading before.
    var changed = split
    changed.targets[1].weight = 50
    history.take(reading(190, 30), splits: [changed], load: (0, 0), at: 62 * Self.second, unixMilliseconds: 0)
    #expect(history.splits.map(\.counts) == [[5, 5]])
    #expect(changed.wanted(changed.targets[1]) == 50.0 / 140)
  }
}
