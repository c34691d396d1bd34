import Testing

@testable import Simulation

@Suite struct QueueTests {
  @Test func firstComeFirstServed() throws {
    var engine = Engine(configuration: .constant(ttft: 10, maxNumSeqs: 2))
    for id in 1...6 { _ = try engine.accept(.exact(UInt64(id), tokens: 1), at: .ms(0)) }
    #expect(engine.load.running == 2)
    #expect(engine.load.waiting == 4)
    #expect(engine.load.waitingForCapacity == 4)
    let emissions = engine.emissionsToTheEnd()
    #expect(emissions.scheduled == [1, 2, 3, 4, 5, 6])
    #expect((1...6).map { emissions.finish(RequestID($0)) } == [.ms(10), .ms(10), .ms(20), .ms(20), .ms(30), .ms(30)])
    #expect(engine.load == Load().with(totalBlocks: 1024))
  }

  @Test(arguments: [0, 1, 3])
  func limit(_ limit: Int) throws {
    var engine = Engine(configuration: .constant(ttft: 10, maxNumSeqs: 2).with { $0.maxWaitingQueueLength = limit })
    let admissions = (1...8).map { engine.submit(.exact($0, tokens: 1), at: .zero) }
    #expect(admissions.map(\.isQueueFull) == (1...8).map { $0 > 2 + limit })
    if case .queueFull(let named) = admissions[7] { #expect(named == limit) }
    #expect(engine.checkInvariants() == [])
    // A refused id may be used again.
    _ = engine.emissions(to: .ms(10))
    _ = try engine.accept(.exact(8, tokens: 1), at: .ms(10))
    #expect(engine.emissionsToTheEnd().scheduled.last == 8)
  }

  @Test func limitInTokens() throws {
    var engine = Engine(configuration: .constant(ttft: 10, maxNumSeqs: 1).with { $0.maxQueuedTokens = 10 })
    _ = try engine.accept(.exact(1, tokens: 1, prompt: 100))
    _ = try engine.accept(.exact(2, tokens: 1, prompt: 6))
    _ = try engine.accept(.exact(3, tokens: 1, prompt: 4))
    guard case .backlogFull(let limit) = engine.submit(.exact(4, tokens: 1, prompt: 1), at: .zero) else {
      Issue.record("11 tokens wait where 10 may")
      return
    }
    #expect(limit == 10)
    #expect(engine.checkInvariants() == [])
    // The second request starts and takes its tokens out of the backlog.
    _ = engine.emissions(to: .ms(10))
    _ = try engine.accept(.exact(4, tokens: 1, prompt: 6), at: .ms(10))
    #expect(engine.emissionsToTheEnd().scheduled.last == 4)
  }

  @Test func noLimit() throws {
    var engine = Engine(configuration: .constant(ttft: 10, maxNumSeqs: 1).with { $0.maxWaitingQueueLength = nil })
    for id in 1...5000 { _ = try engine.accept(.exact(UInt64(id), tokens: 1)) }
    #expect(engine.load.waiting == 4999)
  }

  @Test func cancellingFreesTheSlotAtOnce() throws {
    var engine = Engine(configuration: .constant(ttft: 10, itl: 10, maxNumSeqs: 1))
    for id in 1...4 { _ = try engine.accept(.exact(UInt64(id), tokens: 10)) }
    _ = engine.emissions(to: .ms(15))
    engine.cancel(3, at: .ms(17))
    engine.cancel(1, at: .ms(18))
    engine.cancel(99, at: .ms(18))
    #expect(engine.checkInvariants() == [])
    #expect(engine.load.running == 1)
    #expect(engine.load.waiting == 1)
    #expect(engine.nextEvent == .ms(18))
    let emissions = engine.emissionsToTheEnd()
    #expect(emissions.first == .scheduled(2, at: .ms(18)))
    #expect(emissions.scheduled == [2, 4])
    #expect(emissions.finish(4) == .ms(18 + 100 + 100))
    #expect(engine.load.usedBlocks == 0)
  }

  @Test func nothingIsHeardOfACancelledRequest() throws {
    var engine = Engine(configuration: .constant(ttft: 1, itl: 1, maxNumSeqs: 1))
    _ = try engine.accept(.exact(1, tokens: 10))
    _ = try engine.accept(.exact(2, tokens: 10))
    engine.cancel(1, at: .ms(5))
    engine.cancel(2, at: .ms(5))
    #expect(engine.nextEvent == nil)
    #expect(engine.emissions(to: .ms(100)) == [])
    // Not even what was due before: at 115 ms all ten tokens of 3 had been.
    _ = try engine.accept(.exact(3, tokens: 10), at: .ms(100))
    engine.cancel(3, at: .ms(115))
    #expect(engine.emissions(to: .ms(200)) == [])
  }
}

extension Load {
  func with(totalBlocks: Int) -> Load {
    var copy = self
    copy.totalBlocks = totalBlocks
    return copy
  }
}
