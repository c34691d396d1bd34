import Testing

@testable import Simulation

@Suite struct TimingTests {
  @Test func everyTokenIsDueExactly() throws {
    var engine = Engine(configuration: .constant(ttft: 200, itl: 50))
    _ = try engine.accept(.exact(1, tokens: 128), at: .ms(10))
    let emissions = engine.emissionsToTheEnd()
    #expect(emissions.first == .scheduled(1, at: .ms(10)))
    let due = (0..<128).map { (index: Int64) in Instant.ms(210 + 50 * index) }
    #expect(emissions.tokenInstants(1) == due)
    // 6.35 s from the first token to the last.
    #expect(emissions.last == .finished(1, .length, at: .ms(210 + 6350)))
    #expect(emissions.count == 130)
    #expect(engine.nextEvent == nil)
  }

  @Test func lateAdvancesDoNotShiftInstants() throws {
    var prompt = Engine(configuration: .constant(ttft: 7, itl: 3))
    var late = prompt
    for id in 1...8 {
      _ = try prompt.accept(.exact(UInt64(id), tokens: 20), at: .ms(Int64(id)))
      _ = try late.accept(.exact(UInt64(id), tokens: 20), at: .ms(Int64(id)))
    }
    let expected = prompt.emissionsToTheEnd()
    let atOnce = late.emissions(to: .ms(1_000_000))
    #expect(atOnce == expected)
  }

  @Test func submissionsLetEarlierEventsHappenFirst() throws {
    var engine = Engine(configuration: .constant(ttft: 10, maxNumSeqs: 1).with { $0.maxWaitingQueueLength = 0 })
    _ = try engine.accept(.exact(1, tokens: 1))
    let refused = engine.submit(.exact(2, tokens: 1), at: .ms(9))
    #expect(refused.isQueueFull)
    // Nobody advanced, and yet the slot is free from 10 ms on.
    _ = try engine.accept(.exact(3, tokens: 1), at: .ms(11))
    #expect(engine.nextEvent == .ms(0))
    #expect(
      engine.emissionsToTheEnd() == [
        .scheduled(1, at: .ms(0)), .tokens(1, 0..<1, at: .ms(10)), .finished(1, .length, at: .ms(10)),
        .scheduled(3, at: .ms(11)), .tokens(3, 0..<1, at: .ms(21)), .finished(3, .length, at: .ms(21)),
      ])
  }

  @Test func microsecondsCount() throws {
    var configuration = EngineConfiguration()
    configuration.latency.interTokenLatency = .microseconds(500)
    configuration.latency.timeToFirstToken = Nanoseconds(1)
    var engine = Engine(configuration: configuration)
    _ = try engine.accept(.exact(1, tokens: 3))
    #expect(engine.emissionsToTheEnd().tokenInstants(1).map(\.nanoseconds) == [1, 500_001, 1_000_001])
  }

  @Test func zeroLatencyComesAtOnce() throws {
    var engine = Engine(configuration: .constant())
    _ = try engine.accept(.exact(1, tokens: 300), at: .ms(5))
    #expect(engine.nextEvent == .ms(5))
    #expect(
      engine.emissions(to: .ms(5)) == [
        .scheduled(1, at: .ms(5)), .tokens(1, 0..<300, at: .ms(5)), .finished(1, .length, at: .ms(5)),
      ])
    #expect(engine.checkInvariants() == [])
  }

  @Test func timeNeverGoesBack() throws {
    var engine = Engine(configuration: .constant(ttft: 10))
    _ = engine.emissions(to: .ms(100))
    _ = try engine.accept(.exact(1, tokens: 1), at: .ms(50))
    #expect(engine.emissionsToTheEnd().finish(1) == .ms(110))
  }

  @Test func newLatencyAppliesFromTheNextDelayOn() throws {
    var engine = Engine(configuration: .constant(ttft: 10, itl: 10))
    _ = try engine.accept(.exact(1, tokens: 4))
    _ = engine.emissions(to: .ms(10))
    engine.updateLatency(EngineConfiguration.constant(itl: 1).latency)
    #expect(engine.emissionsToTheEnd().tokenInstants(1) == [.ms(20), .ms(21), .ms(22)])
    #expect(engine.configuration.latency.interTokenLatency == .milliseconds(1))
  }

  @Test func extremeDelaysDoNotOverflow() throws {
    var configuration = EngineConfiguration()
    configuration.latency.timeToFirstToken = Nanoseconds(.max)
    configuration.latency.interTokenLatency = Nanoseconds(.max)
    configuration.latency.timeFactorUnderLoad = 1e300
    var engine = Engine(configuration: configuration)
    for id in 1...5 { _ = try engine.accept(.exact(UInt64(id), tokens: 5), at: .ms(1)) }
    let emissions = engine.emissionsToTheEnd()
    #expect((1...5).allSatisfy { emissions.tokenInstants(RequestID($0)).count == 5 })
    #expect(engine.checkInvariants() == [])
  }

  /// f = 1 + (T - 1)(R - 1)/(S - 1) with T = 3 and S = 5: 1, 1.5, 2, 2.5, 3.
  @Test func loadStretchesDelays() throws {
    var engine = Engine(
      configuration: .constant(ttft: 100, itl: 10).with { $0.latency.timeFactorUnderLoad = 3 })
    for id in 1...5 { _ = try engine.accept(.exact(UInt64(id), tokens: id == 1 ? 50 : 2)) }
    let emissions = engine.emissionsToTheEnd()
    for (id, first) in zip(1...5, [100, 150, 200, 250, 300] as [Int64]) {
      #expect(emissions.tokenInstants(RequestID(UInt64(id))).first == .ms(first))
    }
    // All five run at 100 ms, so the next gap is three times as long; the last one runs alone.
    let instants = emissions.tokenInstants(1)
    #expect(instants[1] - instants[0] == .milliseconds(30))
    #expect(instants[49] - instants[48] == .milliseconds(10))
  }

  @Test(arguments: [LatencyCalculator.automatic, .constant, .perToken])
  func calculators(_ calculator: LatencyCalculator) throws {
    var configuration = EngineConfiguration.constant()
    configuration.latency.calculator = calculator
    configuration.latency.prefillOverhead = .milliseconds(5)
    configuration.latency.prefillTimePerToken = .microseconds(100)
    var engine = Engine(configuration: configuration)
    _ = try engine.accept(.exact(1, tokens: 1, prompt: 30))
    #expect(engine.emissionsToTheEnd().finish(1) == (calculator == .constant ? .zero : .ms(8)))

    configuration.latency.timeToFirstToken = .milliseconds(40)
    engine = Engine(configuration: configuration)
    _ = try engine.accept(.exact(1, tokens: 1, prompt: 30))
    #expect(engine.emissionsToTheEnd().finish(1) == (calculator == .perToken ? .ms(8) : .ms(40)))
  }
}
