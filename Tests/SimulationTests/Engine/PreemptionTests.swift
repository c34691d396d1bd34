import Testing

@testable import Simulation

@Suite struct PreemptionTests {
  /// Blocks of 4 tokens.
  private func configuration(blocks: Int, ttft: Int64 = 10, itl: Int64 = 1) -> EngineConfiguration {
    .constant(ttft: ttft, itl: itl).with {
      $0.blockSize = 4
      $0.numKVBlocks = blocks
    }
  }

  @Test func blocksGrowWithTheSequence() throws {
    var engine = Engine(configuration: configuration(blocks: 10))
    _ = try engine.accept(.exact(1, tokens: 9, prompt: 7))
    var used: [Int] = [engine.load.usedBlocks]
    for time in 10...18 {
      _ = engine.emissions(to: .ms(Int64(time)))
      used.append(engine.load.usedBlocks)
      #expect(engine.checkInvariants() == [])
    }
    // 8 tokens from the start; the third block with the ninth token, the fourth with the thirteenth.
    #expect(used == [2, 2, 3, 3, 3, 3, 4, 4, 4, 0])
    #expect(engine.load.kvUsage == 0)
  }

  @Test func theLatestScheduledGivesWay() throws {
    var engine = Engine(configuration: configuration(blocks: 4))
    // Both hold two blocks; the fifth token of each needs a third.
    _ = try engine.accept(.exact(1, tokens: 8, prompt: 4))
    _ = try engine.accept(.exact(2, tokens: 8, prompt: 4))
    _ = try engine.accept(.exact(3, tokens: 1, prompt: 1))
    let emissions = engine.emissionsToTheEnd()
    #expect(emissions.preempted == [2])
    #expect(emissions.scheduled == [1, 2, 2, 3])
    #expect(emissions.contains(.preempted(2, at: .ms(14))))
    #expect(emissions.tokenInstants(1) == (0..<8).map { .ms(10 + $0) })
    // Restarts when 1 is done at 17, with a first-token delay for its fifth token.
    #expect(emissions.contains(.scheduled(2, at: .ms(17))))
    #expect(emissions.tokenInstants(2) == [10, 11, 12, 13, 27, 28, 29, 30].map { .ms($0) })
    let ranges = emissions.compactMap { if case .tokens(2, let range, _) = $0 { range } else { nil } }
    #expect(ranges.flatMap { Array($0) } == Array(0..<8))
    #expect(engine.load.usedBlocks == 0)
  }

  @Test func recomputationCountsPromptAndOutput() throws {
    var engine = Engine(
      configuration: configuration(blocks: 4, ttft: 0).with { $0.latency.prefillTimePerToken = .milliseconds(1) })
    _ = try engine.accept(.exact(1, tokens: 8, prompt: 4))
    _ = try engine.accept(.exact(2, tokens: 8, prompt: 4))
    let emissions = engine.emissionsToTheEnd()
    #expect(emissions.preempted == [2])
    let finished = emissions.finish(1)
    // 4 prompt tokens and 4 generated ones.
    #expect(emissions.tokenInstants(2)[4] == finished.map { $0 + .milliseconds(8) })
  }

  @Test func preemptsItselfWhenLatest() throws {
    var engine = Engine(configuration: configuration(blocks: 5))
    _ = try engine.accept(.exact(1, tokens: 3, prompt: 9))
    // Comes later but needs a block earlier, when none is free.
    _ = try engine.accept(.exact(2, tokens: 6, prompt: 7))
    let emissions = engine.emissionsToTheEnd()
    #expect(emissions.contains(.preempted(2, at: .ms(11))))
    #expect(emissions.tokenInstants(1) == [10, 11, 12].map { .ms($0) })
    #expect(emissions.tokenInstants(2) == [10, 22, 23, 24, 25, 26].map { .ms($0) })
  }

  @Test(arguments: [0, 1] as [Int64])
  func promptsAtTheEdgeOfTheCache(itl: Int64) throws {
    var engine = Engine(configuration: configuration(blocks: 3, itl: itl))
    if case .exceedsKVCache(let tokens, let capacity) = engine.submit(.exact(1, tokens: 1, prompt: 13), at: .zero) {
      #expect(tokens == 13)
      #expect(capacity == 12)
    } else {
      Issue.record("13 tokens fit in 12")
    }
    // The whole cache: one token, which nothing after it reads.
    let full = try engine.accept(.exact(2, tokens: 5, prompt: 12))
    #expect(full.tokens.count == 1)
    #expect(full.finishReason == .length)
    _ = engine.emissionsToTheEnd()
    // Alone it may grow until the cache is full, then it is cut.
    var request = GenerationRequest.exact(3, tokens: 500, prompt: 5)
    request.ignoreEOS = false
    request.minTokens = 400
    let cut = try engine.accept(request, at: .ms(100))
    #expect(cut.tokens.count == 7)
    #expect(cut.finishReason == .length)
    let emissions = engine.emissionsToTheEnd()
    #expect(emissions.tokenInstants(3).count == 7)
    #expect(emissions.preempted == [])
    #expect(engine.checkInvariants() == [])
  }

  @Test func noCacheAtAll() {
    var engine = Engine(configuration: configuration(blocks: 0))
    if case .exceedsKVCache = engine.submit(.exact(1, tokens: 1, prompt: 1), at: .zero) {
      #expect(engine.load.kvUsage == 0)
    } else {
      Issue.record("a token fits in nothing")
    }
  }

  @Test func manyRivalsAllFinish() throws {
    for itl in [0, 1] as [Int64] {
      var engine = Engine(
        configuration: configuration(blocks: 12, itl: itl).with { $0.maxNumSeqs = 8 })
      for id in 1...40 { _ = try engine.accept(.exact(UInt64(id), tokens: Int(id) % 17 + 1, prompt: Int(id) % 5 + 1)) }
      let emissions = engine.emissionsToTheEnd()
      for id in 1...40 { #expect(emissions.tokenInstants(RequestID(UInt64(id))).count == id % 17 + 1) }
      #expect(itl == 0 || !emissions.preempted.isEmpty)
      #expect(engine.load.usedBlocks == 0)
    }
  }
}
