import EndpointPicking
import Testing

@testable import ExternalProcessor

@Suite struct RequestSequenceTests {
  static let completion = #"{"max_tokens":100,"model":"my-model","prompt":"test1","temperature":0}"#

  @Test func headersAreAnsweredBehindTheBody() throws {
    var fixture = StreamFixture(target: "my-model-12345")
    let headers = [
      (":method", "POST"), (":path", "/v1/completions"), ("Hi", "mom"), ("x-request-id", "test-request-id"),
      ("x-gateway-inference-objective", "my-model"), ("content-length", "70"),
    ]
    #expect(try fixture.send(.request(headers), modes: fullDuplex).isEmpty)
    #expect(try fixture.send(.body(String(Self.completion.prefix(33)))).isEmpty)
    let replies = try fixture.send(.body(String(Self.completion.dropFirst(33)), isLast: true))
    #expect(replies.names == ["request_headers", "request_body"])
    let rewritten = #"{"max_tokens":100,"model":"my-model-12345","prompt":"test1","temperature":0}"#
    #expect(
      replies[0].headers == [
        "x-gateway-destination-endpoint": "10.0.0.1:8000", "Content-Length": String(rewritten.utf8.count), "hi": "mom",
        "x-request-id": "test-request-id", ":path": "/v1/completions",
      ])
    #expect(replies[0].destination == RoutedDestination(value: "10.0.0.1:8000"))
    #expect(replies[0].common?.clearsRouteCache == true)
    #expect(replies[1].chunk?.isLast == true)
    #expect(replies[1].destination == nil)
    #expect(replies.text == rewritten)
    let request = try #require(fixture.requests.first)
    #expect(request.content == .json(model: "my-model"))
    #expect(request.body == Array(Self.completion.utf8))
    #expect(request.id == "test-request-id")
    #expect(request.headers["hi"] == "mom")
    #expect(request.headers["x-gateway-inference-objective"] == "my-model")
    #expect(request.path == "/v1/completions")
    #expect(request.method == "POST")
    #expect(!fixture.isClosed)
  }

  @Test func anUnchangedBodyStaysByteForByte() throws {
    let body = "{ \"model\" :\t\"m\",\"prompt\":\"\\u00e9 \\\"model\\\": \\\"x\\\"\", \"n\": 1.0e0 }\n"
    var fixture = StreamFixture()
    try fixture.send(.request())
    #expect(try fixture.send(.body(body, isLast: true)).text == body)
  }

  @Test func trailersEndABody() throws {
    var fixture = StreamFixture()
    try fixture.send(.request())
    try fixture.send(.body(Self.completion))
    let replies = try fixture.send(.requestTrailers)
    #expect(replies.names == ["request_headers", "request_body", "request_trailers"])
    #expect(replies[1].chunk?.isLast == false)
    #expect(replies.text == Self.completion)
  }

  @Test func aRequestWithoutABodyIsAnsweredWithTheDestinationAlone() throws {
    for modes in [fullDuplex, buffered, BodyModes(request: .none), nil] {
      var fixture = StreamFixture()
      let headers = [("content-type", "text/event-stream"), ("status", "200"), ("x-a", "b")]
      let replies = try fixture.send(.request(headers, isLast: true), modes: modes)
      #expect(replies.names == ["request_headers"])
      #expect(replies[0].headers == ["x-gateway-destination-endpoint": "10.0.0.1:8000"])
      #expect(replies[0].common?.clearsRouteCache == true)
      #expect(replies[0].destination?.value == "10.0.0.1:8000")
      #expect(fixture.requests.first?.hasBody == false)
    }
  }

  @Test func anEmptyBodyOfAGetIsNone() throws {
    var fixture = StreamFixture()
    try fixture.send(.request([(":method", "GET"), (":path", "/v1/models")]))
    let replies = try fixture.send(.requestBody([], isLast: true))
    #expect(replies.names == ["request_headers", "request_body"])
    #expect(replies[1].chunk?.bytes == [])
    #expect(replies[1].chunk?.isLast == true)
    #expect(replies[0].headers["Content-Length"] == nil)
    #expect(fixture.requests.first?.hasBody == false)
  }

  @Test func aBufferedBodyIsAnsweredInOneMessage() throws {
    for isLast in [true, false] {  // not the last message where trailers follow
      var fixture = StreamFixture(target: "other")
      let first = try fixture.send(.request([("x-a", "b")]), modes: buffered)
      #expect(first == [ProcessorReply(.requestHeaders(CommonReply()))])
      let replies = try fixture.send(.body(Self.completion, isLast: isLast))
      #expect(replies.names == ["request_body"])
      let expected = #"{"max_tokens":100,"model":"other","prompt":"test1","temperature":0}"#
      #expect(replies[0].common?.body == .replaced(Array(expected.utf8)))
      #expect(replies[0].common?.clearsRouteCache == true)
      #expect(replies[0].destination?.value == "10.0.0.1:8000")
      #expect(replies[0].headers["x-gateway-destination-endpoint"] == "10.0.0.1:8000")
      #expect(replies[0].headers["Content-Length"] == String(expected.utf8.count))
      #expect(replies[0].headers["x-a"] == "b")
      if !isLast { #expect(try fixture.send(.requestTrailers).names == ["request_trailers"]) }
    }
  }

  @Test func aBodyThatGoesOnBehindItsHeadersIsNotLookedInto() throws {
    var fixture = StreamFixture()
    let modes = BodyModes(request: .streamed, response: .streamed)
    #expect(try fixture.send(.request(), modes: modes).names == ["request_headers"])
    #expect(fixture.requests.first?.hasBody == false)
    #expect(try fixture.send(.body("anything")) == [ProcessorReply(.requestBody(CommonReply()))])
    #expect(try fixture.send(.body("", isLast: true)) == [ProcessorReply(.requestBody(CommonReply()))])
  }

  @Test(arguments: [(0, 1), (61_000, 1), (62_000, 1), (62_001, 2), (63_000, 2), (124_000, 2), (125_000, 3)])
  func chunksHaveAtMost62000Bytes(size: Int, count: Int) {
    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for isLast in [true, false] {
      let chunks = BodyChunks(body, isLast: isLast).map { ProcessorReply(.requestBody(CommonReply(body: $0))) }
      #expect(chunks.count == count)
      #expect(chunks.allSatisfy { ($0.chunk?.bytes.count ?? .max) <= 62_000 })
      #expect(chunks.flatMap { $0.chunk?.bytes ?? [] } == body)
      #expect(chunks.map { $0.chunk?.isLast } == Array(repeating: false, count: count - 1) + [isLast])
    }
  }

  @Test func systemHeadersAndRepeatedOnesAreNotSetAgain() throws {
    var fixture = StreamFixture { _ in
      .success(
        Direction(
          destination: "10.0.0.1:8000,[fd00::2]:8001",
          requestHeaders: [HeaderField(name: "x-prefiller-host-port", value: "10.0.0.9:8000")],
          removedRequestHeaders: ["x-data-parallel-host-port"], scores: ["10.0.0.1:8000": 0.5]))
    }
    let names = [
      "x-gateway-inference-fairness-id", "X-Gateway-Inference-Objective", "x-gateway-model-name-rewrite",
      "x-gateway-destination-endpoint-subset", "x-gateway-destination-endpoint",
      "x-gateway-destination-endpoint-served", "Content-Length", "x-llm-d-inference-fairness-id",
      "x-llm-d-inference-objective", "x-llm-d-model-name-rewrite", "x-slo-ttft-ms", "x-llm-d-slo-tpot-ms",
      "x-llm-d-video-fps", "x-llm-d-request-dropped-reason", ":authority", ":method", ":scheme",
      "x-prefiller-host-port", "x-data-parallel-host-port",
    ]
    let headers =
      names.map { ($0, "spoofed") } + [("cookie", "a=1"), ("cookie", "b=2"), ("x-request-id", "1"), ("k", "v")]
    try fixture.send(.request(headers))
    let reply = try #require(try fixture.send(.body(Self.completion, isLast: true)).first)
    #expect(
      reply.headers == [
        "x-gateway-destination-endpoint": "10.0.0.1:8000,[fd00::2]:8001",
        "Content-Length": String(Self.completion.utf8.count), "k": "v", "x-request-id": "1",
        "x-prefiller-host-port": "10.0.0.9:8000",
      ])
    #expect(reply.common?.headers.removed == ["x-data-parallel-host-port"])
    #expect(
      reply.destination == RoutedDestination(value: "10.0.0.1:8000,[fd00::2]:8001", scores: ["10.0.0.1:8000": 0.5]))
  }

  @Test func aMissingRequestIDIsMade() throws {
    var ids: Set<String> = []
    for _ in 0..<50 {
      var fixture = StreamFixture()
      try fixture.send(.request())
      let reply = try #require(try fixture.send(.body(Self.completion, isLast: true)).first)
      let id = try #require(reply.headers["x-request-id"])
      #expect(fixture.requests.first?.id == id)
      #expect(id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
      ids.insert(id)
    }
    #expect(ids.count == 50)
  }

  @Test func theSubsetReachesTheDirector() throws {
    var fixture = StreamFixture()
    try fixture.send(.request(isLast: true), subset: SubsetHint(header: "10.0.0.3:8000"))
    #expect(fixture.requests.first?.subset == SubsetHint(header: "10.0.0.3:8000"))
  }

  @Test(arguments: [
    (InferenceError.noCandidates, 503, "rejected-no-endpoints"),
    (InferenceError.shed, 429, "rejected-saturated"),
    (InferenceError.modelMissing, 400, nil),
    (InferenceError(.internalError, "no pods available in datastore"), 500, nil),
  ])
  func aRefusalIsAnsweredAtOnce(error: InferenceError, status: Int, reason: String?) throws {
    for modes in [fullDuplex, buffered] {
      var fixture = StreamFixture { _ in .failure(error) }
      try fixture.send(.request(), modes: modes)
      let replies = try fixture.send(.body(Self.completion, isLast: true))
      #expect(replies.names == ["immediate_response"])
      #expect(replies[0].immediate?.status == status)
      #expect(replies[0].immediate?.text == error.description)
      if case .immediate(let reply) = replies[0].kind {
        #expect(
          reply.headers.set == (reason.map { [ReplyHeader("x-llm-d-request-dropped-reason", Array($0.utf8))] } ?? []))
      }
      #expect(fixture.isClosed)
      fixture.end()
      #expect(fixture.finished.isEmpty)
    }
  }

  @Test func aBodyOverTheCapIsAnsweredAtOnce() throws {
    var options = ProcessorOptions()
    options.maxRequestBytes = 100
    for modes in [fullDuplex, buffered] {
      var fixture = StreamFixture(options)
      try fixture.send(.request(), modes: modes)
      var replies = [ProcessorReply]()
      if modes == fullDuplex {
        #expect(try fixture.send(.requestBody(Array(repeating: 0x20, count: 100), isLast: false)).isEmpty)
        replies = try fixture.send(.requestBody([0x20], isLast: false))
      } else {
        replies = try fixture.send(.requestBody(Array(repeating: 0x20, count: 101), isLast: true))
      }
      #expect(replies.first?.immediate?.status == 413)
      #expect(fixture.isClosed)
      #expect(fixture.refusals.first?.status == 413)
      #expect(fixture.requests.isEmpty)
      // What comes after that has no effect.
      #expect(try fixture.send(.requestBody([0x20], isLast: true)).isEmpty)
      #expect(try fixture.send(.response()).isEmpty)
    }
    var fixture = StreamFixture(options)
    let body = #"{"model":"m","prompt":"\#(String(repeating: "x", count: 75))"}"#
    #expect(body.utf8.count == 100)
    try fixture.send(.request())
    #expect(try fixture.send(.body(body, isLast: true)).text == body)
  }
}
