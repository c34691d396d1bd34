import Testing

@testable public import Simulation

extension Instant {
  static func ms(_ count: Int64) -> Instant { Instant(nanoseconds: count * 1_000_000) }
  static let zero = Instant(nanoseconds: 0)
}

extension RequestID: ExpressibleByIntegerLiteral {
  /// The id of that number.
  public init(integerLiteral value: UInt64) { self.init(value) }
}

extension EngineConfiguration {
  /// Constant delays in milliseconds, room for everything.
  static func constant(ttft: Int64 = 0, itl: Int64 = 0, maxNumSeqs: Int = 5) -> EngineConfiguration {
    var configuration = EngineConfiguration()
    configuration.maxNumSeqs = maxNumSeqs
    configuration.latency.timeToFirstToken = .milliseconds(ttft)
    configuration.latency.interTokenLatency = .milliseconds(itl)
    return configuration
  }

  func with(_ change: (inout EngineConfiguration) -> Void) -> EngineConfiguration {
    var copy = self
    change(&copy)
    return copy
  }
}

extension GenerationRequest {
  /// A request for exactly `tokens` tokens after a prompt of `prompt` tokens.
  static func exact(
    _ id: UInt64, tokens: Int, prompt: Int = 4, adapter: String? = nil
  ) -> GenerationRequest {
    var request = GenerationRequest(id: RequestID(id), prompt: .words(prompt))
    request.maxTokens = tokens
    request.ignoreEOS = true
    request.adapter = adapter
    return request
  }
}

extension TokenSequence {
  /// As many tokens as said.
  static func words(_ count: Int) -> TokenSequence {
    SimpleTokenizer().tokenize(String(repeating: "word ", count: count))
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension Admission {
  var output: GeneratedOutput? {
    if case .accepted(let output) = self { output } else { nil }
  }

  var isQueueFull: Bool {
    if case .queueFull = self { true } else { false }
  }
}

extension Engine {
  /// All that happens up to `now`.
  mutating func emissions(to now: Instant) -> [Emission] {
    var result: [Emission] = []
    advance(to: now) { result.append($0) }
    return result
  }

  /// All that happens from now on, from event to event.
  mutating func emissionsToTheEnd() -> [Emission] {
    var result: [Emission] = []
    while let next = nextEvent { advance(to: next) { result.append($0) } }
    return result
  }

  /// The output of a request that the engine must accept.
  mutating func accept(_ request: GenerationRequest, at now: Instant = .zero) throws -> GeneratedOutput {
    let output = submit(request, at: now).output
    return try #require(output, "\(request.id) is refused")
  }
}

extension [Emission] {
  /// The ids of requests that began to run, in order.
  var scheduled: [UInt64] {
    compactMap { if case .scheduled(let id, _) = $0 { id.value } else { nil } }
  }

  var preempted: [UInt64] {
    compactMap { if case .preempted(let id, _) = $0 { id.value } else { nil } }
  }

  /// The instant of every token of a request, in order.
  func tokenInstants(_ id: RequestID) -> [Instant] {
    flatMap { emission -> [Instant] in
      guard case .tokens(id, let range, let at) = emission else { return [] }
      return range.map { _ in at }
    }
  }

  func finish(_ id: RequestID) -> Instant? {
    for case .finished(id, _, let at) in self { return at }
    return nil
  }
}
