import Testing

@testable import Simulation

/// Random submissions, cancellations and advances, checked against what any engine must do.
@Suite struct RandomOperationsTests {
  @Test(arguments: 0..<12)
  func anyOrderOfCalls(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    var engine = Engine(configuration: configuration(seed, &generator))
    var witness = Witness()
    var now: Int64 = 0
    for step in 0..<4000 {
      now += generator.integer(in: 0...2) == 0 ? Int64(generator.integer(in: 0...30)) * 100_000 : 0
      let instant = Instant(nanoseconds: now)
      switch generator.integer(in: 0...9) {
      case 0...4:
        let request = request(UInt64(step), &generator)
        if let output = engine.submit(request, at: instant).output {
          witness.accepted(request.id, output)
        }
      case 5:
        if let id = witness.anyLive(&generator) {
          engine.cancel(id, at: instant)
          witness.cancelled(id)
        }
      case 6: engine.cancel(RequestID(UInt64(step)), at: instant)
      default: engine.advance(to: instant) { witness.saw($0) }
      }
      let violations = engine.checkInvariants()
      #expect(violations == [], "step \(step)")
      if !violations.isEmpty { return }
      if let next = engine.nextEvent, step.isMultiple(of: 50) {
        now = max(now, next.nanoseconds)
        engine.advance(to: next) { witness.saw($0) }
      }
    }
    while let next = engine.nextEvent { engine.advance(to: next) { witness.saw($0) } }
    #expect(engine.checkInvariants() == [])
    #expect(witness.complaints == [])
    #expect(witness.live.isEmpty, "accepted requests that never finish")
    #expect(witness.finished > 100)
    #expect(engine.load.running == 0 && engine.load.waiting == 0 && engine.load.usedBlocks == 0)
  }

  private func configuration(_ seed: UInt64, _ generator: inout SplitMix64) -> EngineConfiguration {
    var configuration = EngineConfiguration()
    configuration.seed = seed
    configuration.maxNumSeqs = generator.integer(in: 1...12)
    configuration.maxWaitingQueueLength = [nil, 0, 3, 50][generator.integer(in: 0...3)]
    configuration.maxLoras = generator.integer(in: 1...3)
    configuration.maxCPULoras = configuration.maxLoras + generator.integer(in: 0...2)
    configuration.blockSize = [1, 4, 16][generator.integer(in: 0...2)]
    configuration.numKVBlocks = generator.integer(in: 60...200) / configuration.blockSize
    configuration.mode = seed.isMultiple(of: 3) ? .echo : .random
    configuration.latency.timeFactorUnderLoad = seed.isMultiple(of: 2) ? 1 : 2.5
    if seed > 1 {
      configuration.latency.timeToFirstToken = .microseconds(Int64(generator.integer(in: 0...3000)))
      configuration.latency.timeToFirstTokenStdDev = .microseconds(300)
      configuration.latency.interTokenLatency = .microseconds(Int64(generator.integer(in: 0...400)))
      configuration.latency.interTokenLatencyStdDev = .microseconds(seed.isMultiple(of: 5) ? 0 : 50)
    }
    return configuration
  }

  private func request(_ id: UInt64, _ generator: inout SplitMix64) -> GenerationRequest {
    var request = GenerationRequest(id: RequestID(id), prompt: .words(generator.integer(in: 1...40)))
    request.adapter = [nil, nil, "a", "b", "c", "d", "e"][generator.integer(in: 0...6)]
    request.maxTokens = [nil, 1, 5, 30, 100][generator.integer(in: 0...4)]
    request.ignoreEOS = generator.integer(in: 0...1) == 0
    if generator.integer(in: 0...4) == 0 { request.stop = ["e", "wor"] }
    return request
  }
}

/// Remembers what was accepted and complains about emissions that do not fit.
private struct Witness {
  private(set) var complaints: [String] = []
  private(set) var live: [RequestID: (output: GeneratedOutput, seen: Int, running: Bool)] = [:]
  private(set) var finished = 0
  private var ids: [RequestID] = []
  private var latest = Instant(nanoseconds: .min)

  mutating func accepted(_ id: RequestID, _ output: GeneratedOutput) {
    if output.tokens.count < 1 { complaints.append("\(id) has no tokens") }
    live[id] = (output, 0, false)
    ids.append(id)
  }

  mutating func cancelled(_ id: RequestID) { live[id] = nil }

  mutating func anyLive(_ generator: inout SplitMix64) -> RequestID? {
    ids.removeAll { live[$0] == nil }
    return ids.isEmpty ? nil : ids[generator.integer(in: 0...(ids.count - 1))]
  }

  mutating func saw(_ emission: Emission) {
    if emission.instant < latest { complaints.append("\(emission) after \(latest)") }
    latest = emission.instant
    guard var request = live[emission.id] else {
      complaints.append("\(emission) of a request that is not live")
      return
    }
    switch emission {
    case .scheduled:
      if request.running { complaints.append("\(emission) twice") }
      request.running = true
    case .preempted:
      if !request.running { complaints.append("\(emission) while waiting") }
      request.running = false
    case .tokens(_, let range, _):
      if !request.running || range.isEmpty || range.lowerBound != request.seen {
        complaints.append("\(emission) after \(request.seen) tokens")
      }
      request.seen = range.upperBound
    case .finished(_, let reason, _):
      if request.seen != request.output.tokens.count { complaints.append("\(emission) after \(request.seen) tokens") }
      if reason != request.output.finishReason { complaints.append("\(emission) is not what was promised") }
      finished += 1
      live[emission.id] = nil
      return
    }
    live[emission.id] = request
  }
}
