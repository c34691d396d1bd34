import EndpointPicking
import OpenAIAPI
import Testing

@testable import ExternalProcessor

@Suite struct ResponseSequenceTests {
  static let json = [(":status", "200"), ("content-type", "application/json")]
  static let events = [(":status", "200"), ("content-type", "text/event-stream")]

  /// A stream whose request asked for `client` and went out as `target`.
  static func answered(
    client: String = "m", target: String? = nil, stream: Bool = false, modes: BodyModes = fullDuplex,
    _ options: ProcessorOptions = ProcessorOptions()
  ) throws -> StreamFixture {
    var fixture = StreamFixture(options, target: target)
    try fixture.send(.request(), modes: modes)
    try fixture.send(.body(#"{"model":"\#(client)","prompt":"p","stream":\#(stream)}"#, isLast: true))
    return fixture
  }

  @Test func headersAreEchoedWithAMark() throws {
    var fixture = try Self.answered()
    let headers = [
      (":status", "200"), ("Content-Type", "application/json"), ("content-length", "5"), ("set-cookie", "a"),
      ("set-cookie", "b"), ("x-gateway-inference-objective", "o"), ("x-gateway-destination-endpoint", "d"),
    ]
    let replies = try fixture.send(.response(headers), served: .endpoint("10.0.0.2:8000"))
    #expect(replies.names == ["response_headers"])
    #expect(replies[0].headers == ["x-went-into-resp-headers": "true", "content-type": "application/json"])
    #expect(replies[0].common?.clearsRouteCache == false)
    #expect(fixture.responded.count == 1)
    #expect(fixture.responded[0].status == 200)
    #expect(fixture.responded[0].servedBy == "10.0.0.2:8000")
  }

  @Test func theStatusIsThePseudoHeaderFirst() throws {
    for (headers, status) in [
      ([(":status", "503"), ("status", "200")], 503), ([("status", "201")], 201), ([("status", "x")], nil), ([], nil),
    ] as [([(String, String)], Int?)] {
      var fixture = try Self.answered()
      try fixture.send(.response(headers, isLast: true))
      #expect(fixture.responded.first?.status == status)
      #expect(fixture.finished.first?.status == status)
    }
  }

  @Test func aPicksHeadersGoToTheClient() throws {
    var fixture = StreamFixture { _ in
      .success(
        Direction(
          destination: "10.0.0.1:8000", responseHeaders: [HeaderField(name: "x-session-token", value: "new")]))
    }
    try fixture.send(.request(isLast: true))
    let replies = try fixture.send(.response([("x-session-token", "old"), ("a", "b")], isLast: true))
    #expect(replies[0].headers == ["x-went-into-resp-headers": "true", "x-session-token": "new", "a": "b"])
    #expect(fixture.finished.first?.isComplete == true)
  }

  // Endpoint picker, hermetic cases 16 to 18: streams that begin with the response.
  @Test(arguments: [
    [#"{"id":"1","mod"#, #"el":"m"}"#], ["no healthy ", "upstream"],
    [#"{"usage":{"prompt_tokens":11,"completion_tokens":2}}"#, ""],
  ])
  func aDocumentGoesOnInOnePiece(chunks: [String]) throws {
    var fixture = StreamFixture()
    let headers = try fixture.send(.response([("content-type", "application/json")]))
    #expect(headers[0].headers == ["x-went-into-resp-headers": "true", "content-type": "application/json"])
    var replies: [ProcessorReply] = []
    for (index, chunk) in chunks.enumerated() {
      replies += try fixture.send(.answer(chunk, isLast: index == chunks.count - 1))
    }
    #expect(replies.names == ["response_body"])
    #expect(replies[0].chunk?.isLast == true)
    #expect(replies.text == chunks.joined())
    #expect(fixture.finished.count == 1)
    #expect(fixture.finished[0].isComplete)
    #expect(fixture.finished[0].responseBytes == chunks.joined().utf8.count)
    #expect(fixture.finished[0].usage?.promptTokens == (chunks[0].contains("usage") ? 11 : nil))
  }

  @Test func aStreamGoesOnOneForOne() throws {
    var fixture = StreamFixture()
    try fixture.send(.response([("content-type", "text/event-stream"), ("status", "200")]))
    let chunks = [
      "data: {}", "data: {\"usage\":{\"prompt_tokens\":7,\"total_tokens\":17,\"completion_tokens\":10}}\ndata: [DONE]",
      "",
    ]
    for (index, chunk) in chunks.enumerated() {
      let replies = try fixture.send(.answer(chunk, isLast: index == 2))
      #expect(replies.names == ["response_body"])
      #expect(replies[0].chunk?.bytes == Array(chunk.utf8))
      #expect(replies[0].chunk?.isLast == (index == 2))
    }
    #expect(fixture.finished.first?.isStream == true)
  }

  @Test func usageIsReadFromEventsHoweverTheyAreCut() throws {
    let text = """
      data: {"choices":[{"delta":{"content":"a"}}]}\n
      data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":10,"prompt_tokens_details":{"cached_tokens":4}}}\n
      data: [DONE]\n\n
      """
    for size in [1, 7, 50, 1000] {
      var fixture = try Self.answered(stream: true)
      try fixture.send(.response(Self.events))
      let bytes = Array(text.utf8)
      for start in stride(from: 0, to: bytes.count, by: size) {
        try fixture.send(.responseBody(Array(bytes[start..<min(start + size, bytes.count)]), isLast: false))
      }
      try fixture.send(.responseBody([], isLast: true))
      let outcome = try #require(fixture.finished.first)
      #expect(outcome.usage == ReportedUsage(promptTokens: 7, completionTokens: 10, cachedTokens: 4))
      #expect(outcome.firstContentAt != nil)
      #expect(outcome.responseBytes == bytes.count)
      #expect(fixture.replies.dropFirst(3).flatMap { $0.chunk?.bytes ?? [] } == bytes)
    }
  }

  @Test func theClientsModelComesBackInADocument() throws {
    let answer = #"{"a":{"model":"t/\"1\""},"model":"t/\"1\"","choices":[{"text":"\"model\":\"x\""}]}"#
    let expected = #"{"a":{"model":"t/\"1\""},"model":"m","choices":[{"text":"\"model\":\"x\""}]}"#
    for modes in [fullDuplex, buffered] {
      var fixture = try Self.answered(target: #"t/"1""#, modes: modes)
      try fixture.send(.response(Self.json))
      if modes == fullDuplex {
        try fixture.send(.answer(String(answer.prefix(33))))
        let replies = try fixture.send(.answer(String(answer.dropFirst(33)), isLast: true))
        #expect(replies.text == expected)
      } else {
        let replies = try fixture.send(.answer(answer, isLast: true))
        #expect(replies[0].common?.body == .replaced(Array(expected.utf8)))
      }
      #expect(fixture.finished.count == 1)
    }
  }

  @Test func theClientsModelComesBackInEventsThatAreCutAnywhere() throws {
    let answer = "data: {\"model\":\"target\",\"choices\":[]}\n\ndata: {\"model\":\"target\"}\n\ndata: [DONE]\n\n"
    let expected = "data: {\"model\":\"m\",\"choices\":[]}\n\ndata: {\"model\":\"m\"}\n\ndata: [DONE]\n\n"
    let bytes = Array(answer.utf8)
    for cut in 1..<bytes.count {
      var fixture = try Self.answered(target: "target", stream: true)
      try fixture.send(.response(Self.events))
      var replies = try fixture.send(.responseBody(Array(bytes[..<cut]), isLast: false))
      replies += try fixture.send(.responseBody(Array(bytes[cut...]), isLast: true))
      #expect(replies.text == expected)
      #expect(replies.last?.chunk?.isLast == true)
    }
  }

  @Test func aStreamedChunkIsAnsweredEachWithItsChange() throws {
    var fixture = try Self.answered(target: nil, modes: BodyModes(request: .fullDuplex, response: .streamed))
    try fixture.send(.response(Self.json))
    #expect(try fixture.send(.answer("{}")) == [ProcessorReply(.responseBody(CommonReply()))])

    var other = try Self.answered(target: "target", modes: BodyModes(request: .fullDuplex, response: .streamed))
    let headers = try other.send(.response(Self.json))
    #expect(headers[0].common?.headers.removed == ["content-length"])
    // The name is held back until it is whole.
    let first = try other.send(.answer(#"{"model":"tar"#))
    #expect(first[0].common?.body == .replaced(Array(#"{"model":"#.utf8)))
    let second = try other.send(.answer(#"get"}"#, isLast: true))
    #expect(second[0].common?.body == .replaced(Array(#""m"}"#.utf8)))
  }

  @Test func aLongDocumentIsNotCollected() throws {
    var options = ProcessorOptions()
    options.maxCollectedResponseBytes = 10
    var fixture = try Self.answered(target: "target", options)
    try fixture.send(.response(Self.json))
    #expect(try fixture.send(.answer(#"{"a":1,"#)).isEmpty)
    #expect(try fixture.send(.answer(#""b":"22222""#)).text == #"{"a":1,"b":"22222""#)
    #expect(try fixture.send(.answer(#","model":"tar"#)).text == #","model":"#)
    #expect(try fixture.send(.answer(#"get"}"#, isLast: true)).text == #""m"}"#)
  }

  @Test func whatIsCompressedIsNotLookedInto() throws {
    var fixture = try Self.answered(target: "target")
    try fixture.send(.response(Self.json + [("content-encoding", "gzip")]))
    let replies = try fixture.send(.answer(#"{"model":"target"}"#, isLast: true))
    #expect(replies.text == #"{"model":"target"}"#)
  }

  @Test func trailersEndAResponse() throws {
    var fixture = try Self.answered(target: "target")
    try fixture.send(.response(Self.json))
    #expect(try fixture.send(.answer(#"{"model":"target"}"#)).isEmpty)
    let replies = try fixture.send(.responseTrailers)
    #expect(replies.names == ["response_body", "response_trailers"])
    #expect(replies[0].chunk?.isLast == false)
    #expect(replies.text == #"{"model":"m"}"#)
    #expect(fixture.finished.first?.isComplete == true)
  }

  @Test func longChunksAreCut() throws {
    var fixture = try Self.answered(stream: true)
    try fixture.send(.response(Self.events))
    let replies = try fixture.send(.responseBody(Array(repeating: 0x3A, count: 130_000), isLast: true))
    #expect(replies.map { $0.chunk?.bytes.count } == [62_000, 62_000, 6000])
    #expect(replies.map { $0.chunk?.isLast } == [false, false, true])
  }
}
