import EndpointPicking
import Simulation
import Testing

@testable import ExternalProcessor

/// Random transactions: whatever the modes, bodies and borders, replies come in the protocol's order, bodies arrive
/// whole, and every direction ends once.
@Suite struct StreamPropertyTests {
  @Test(arguments: 0..<120)
  func repliesAreWellFormed(seed: Int) throws {
    var generator = SplitMix64(seed: UInt64(seed))
    let choices: [BodyMode] = [.fullDuplex, .buffered, .fullDuplex]
    let modes = BodyModes(
      request: choices.randomElement(using: &generator) ?? .fullDuplex,
      response: choices.randomElement(using: &generator) ?? .fullDuplex)
    let rewrites = Bool.random(using: &generator)
    var options = ProcessorOptions()
    options.maxCollectedResponseBytes = [0, 100, 100_000].randomElement(using: &generator) ?? 0
    var fixture = StreamFixture(options, target: rewrites ? "the-target" : nil)

    // The request.
    let filler = Self.text(&generator)
    let model = #"{"prompt":"\#(filler)","model":"client"}"#
    let wanted = Array(model.replacing("\"client\"", with: rewrites ? "\"the-target\"" : "\"client\"").utf8)
    let endsByTrailers = Bool.random(using: &generator)
    var replies = try fixture.send(.request([(":path", "/v1/completions"), ("a", "b")]), modes: modes)
    #expect(replies.names == (modes.request == .buffered ? ["request_headers"] : []))
    replies = []
    for piece in modes.request == .buffered ? [Array(model.utf8)] : Self.pieces(Array(model.utf8), &generator) {
      replies += try fixture.send(.requestBody(piece, isLast: false))
    }
    replies += endsByTrailers ? try fixture.send(.requestTrailers) : try fixture.send(.requestBody([], isLast: true))
    if modes.request == .buffered {
      #expect(replies.names == ["request_body"] + (endsByTrailers ? ["request_trailers"] : []))
      #expect(replies.first?.common?.body == .replaced(wanted))
    } else {
      #expect(replies.first?.name == "request_headers")
      let chunks = replies.filter { $0.name == "request_body" }
      #expect(
        replies.names == ["request_headers"] + chunks.names + (endsByTrailers ? ["request_trailers"] : []))
      Self.check(chunks, make: wanted, ends: !endsByTrailers)
      #expect(replies[0].headers["Content-Length"] == String(wanted.count))
    }

    // The response.
    let isEvents = Bool.random(using: &generator)
    let document = #"{"x":["\#(Self.text(&generator))"],"model":"the-target","usage":{"prompt_tokens":5}}"#
    let answer = isEvents ? "data: \(document)\n\ndata: {\"model\":\"the-target\"}\n\n" : document
    let restored = Array((rewrites ? answer.replacing("\"the-target\"", with: "\"client\"") : answer).utf8)
    let type = isEvents ? "text/event-stream" : "application/json"
    replies = try fixture.send(.response([(":status", "200"), ("content-type", type)]))
    #expect(replies.names == ["response_headers"])
    replies = []
    let answerEndsByTrailers = Bool.random(using: &generator)
    if modes.response == .buffered {
      replies = try fixture.send(.responseBody(Array(answer.utf8), isLast: !answerEndsByTrailers))
      let body = replies.first?.common?.body
      #expect(body == (restored == Array(answer.utf8) ? BodyChange.none : .replaced(restored)))
      if answerEndsByTrailers { replies += try fixture.send(.responseTrailers) }
      #expect(replies.names == ["response_body"] + (answerEndsByTrailers ? ["response_trailers"] : []))
    } else {
      let vanishes = Int.random(in: 0..<10, using: &generator) == 0
      let pieces = Self.pieces(Array(answer.utf8), &generator)
      for piece in vanishes ? Array(pieces.dropLast()) : pieces {
        replies += try fixture.send(.responseBody(piece, isLast: false))
      }
      if !vanishes {
        replies +=
          answerEndsByTrailers ? try fixture.send(.responseTrailers) : try fixture.send(.responseBody([], isLast: true))
        let chunks = replies.filter { $0.name == "response_body" }
        #expect(replies.names == chunks.names + (answerEndsByTrailers ? ["response_trailers"] : []))
        Self.check(chunks, make: restored, ends: !answerEndsByTrailers)
      }
      if vanishes { fixture.end() }
      #expect(fixture.finished.first?.isComplete == !vanishes)
    }
    fixture.end()
    #expect(fixture.requests.count == 1)
    #expect(fixture.finished.count == 1)
    if fixture.finished.first?.isComplete == true {
      #expect(fixture.finished.first?.usage?.promptTokens == 5)
      #expect(fixture.finished.first?.responseBytes == answer.utf8.count)
    }
  }

  /// Any events in any order: nothing crashes, and nothing is owed twice.
  @Test(arguments: 0..<120)
  func disorderIsSurvived(seed: Int) {
    var generator = SplitMix64(seed: UInt64(seed) + 1_000_000)
    let modes: [BodyMode] = [.none, .streamed, .buffered, .fullDuplex]
    let mode = BodyModes(
      request: modes.randomElement(using: &generator) ?? .none,
      response: modes.randomElement(using: &generator) ?? .none)
    var fixture = StreamFixture()
    for _ in 0..<20 {
      let isLast = Int.random(in: 0..<4, using: &generator) == 0
      let events: [GatewayEvent] = [
        .request([("x-request-id", "1")], isLast: isLast), .body(#"{"prompt":"","model":"m"}"#, isLast: isLast),
        .requestTrailers, .response([("content-type", "application/json")], isLast: isLast),
        .answer("{}", isLast: isLast), .responseTrailers,
      ]
      guard let event = events.randomElement(using: &generator) else { continue }
      do {
        try fixture.send(event, modes: mode)
      } catch {
        #expect(error is ProtocolViolation)
        break
      }
    }
    fixture.end()
    #expect(fixture.finished.count <= 1)
    #expect(fixture.requests.count <= 1)
  }

  private static func text(_ generator: inout SplitMix64) -> String {
    let count = [0, 10, 1000, 150_000].randomElement(using: &generator) ?? 0
    let letters = ["a", "é", "\\\"", "{", "model", "\\n", "🙂"]
    return (0..<count / 3).map { _ in letters.randomElement(using: &generator) ?? "" }.joined()
  }

  private static func pieces(_ bytes: [UInt8], _ generator: inout SplitMix64) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let limit = [1, 20, 70_000].randomElement(using: &generator) ?? 1
      let size = Int.random(in: 0...max(limit, bytes.count / 100), using: &generator)
      pieces.append(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return pieces
  }

  private static func check(_ chunks: [ProcessorReply], make body: [UInt8], ends: Bool) {
    #expect(chunks.allSatisfy { ($0.chunk?.bytes.count ?? .max) <= 62_000 })
    #expect(chunks.flatMap { $0.chunk?.bytes ?? [] } == body)
    #expect(chunks.dropLast().allSatisfy { $0.chunk?.isLast == false })
    #expect(chunks.last?.chunk?.isLast == ends)
  }
}
