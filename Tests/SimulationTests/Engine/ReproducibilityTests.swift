import Testing

@testable import Simulation

@Suite struct ReproducibilityTests {
  private func configuration(_ maxNumSeqs: Int, seed: UInt64 = 11) -> EngineConfiguration {
    var configuration = EngineConfiguration.constant(ttft: 40, itl: 5, maxNumSeqs: maxNumSeqs)
    configuration.latency.timeToFirstTokenStdDev = .milliseconds(8)
    configuration.latency.interTokenLatencyStdDev = .milliseconds(1)
    configuration.seed = seed
    return configuration
  }

  /// Texts and gaps between tokens of 30 requests.
  private func run(_ maxNumSeqs: Int, seed: UInt64 = 11, spacing: Int64) throws
    -> (texts: [String], gaps: [[Nanoseconds]])
  {
    var engine = Engine(configuration: configuration(maxNumSeqs, seed: seed))
    var texts: [String] = []
    for id in 0..<30 {
      let request = GenerationRequest(id: RequestID(UInt64(id)), prompt: .words(3))
      texts.append(try engine.accept(request, at: .ms(spacing * Int64(id))).tokens.text)
    }
    let emissions = engine.emissionsToTheEnd()
    let gaps = (0..<30).map { id in
      let instants = emissions.tokenInstants(RequestID(UInt64(id)))
      let start = emissions.compactMap { emission -> Instant? in
        if case .scheduled(let other, let at) = emission, other.value == UInt64(id) { at } else { nil }
      }
      return zip(instants, start + instants).map { $0 - $1 }
    }
    return (texts, gaps)
  }

  @Test func concurrencyChangesNothing() throws {
    let alone = try run(1, spacing: 10_000)
    let together = try run(30, spacing: 0)
    #expect(alone.texts == together.texts)
    #expect(alone.gaps == together.gaps)
    #expect(Set(alone.texts).count > 25)
  }

  @Test func seedsDiffer() throws {
    let first = try run(5, seed: 1, spacing: 1).texts
    #expect(try run(5, seed: 2, spacing: 1).texts != first)
  }

  @Test func ownSeedDecidesTheText() throws {
    var engine = Engine(configuration: configuration(5))
    var other = Engine(configuration: configuration(5, seed: 99))
    var request = GenerationRequest(id: 1, prompt: .words(3))
    request.seed = 42
    let first = try engine.accept(request).tokens.text
    request.id = 2
    #expect(try engine.accept(request).tokens.text == first)
    request.id = 3
    #expect(try other.accept(request).tokens.text == first)
    request.id = 4
    request.seed = 43
    #expect(try other.accept(request).tokens.text != first)
  }
}
