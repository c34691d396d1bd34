import EndpointPicking
import Simulation
import Testing

@testable import ExternalProcessor

@Suite struct RequestParserTests {
  /// The text of the answer to a body, or nil when it reached the director.
  private func complaint(_ path: String?, _ body: [UInt8], _ parsers: [RequestParser]? = nil) throws -> String? {
    var options = ProcessorOptions()
    if let parsers { options.parsers = parsers }
    var fixture = StreamFixture(options)
    try fixture.send(.request(path.map { [(":path", $0)] } ?? []))
    let replies = try fixture.send(.requestBody(body, isLast: true))
    guard let immediate = replies.first?.immediate else {
      #expect(fixture.requests.count == 1)
      return nil
    }
    #expect(immediate.status == 400)
    #expect(fixture.refusals.count == 1)
    #expect(fixture.refusals[0].code == .badRequest)
    return immediate.text
  }

  @Test(arguments: [
    ("/v1/conversations", #"{"model":"m"}"#, "invalid conversations request: must have items field"),
    ("/v1/responses", #"{"model":"m"}"#, "invalid responses request: must have input field"),
    (
      "/v1/chat/completions", #"{"model":"m","messages":[]}"#,
      "invalid chat completions request: must have valid messages field"
    ),
    (
      "/v1/chat/completions?x=/completions", #"{"model":"m","prompt":"p"}"#,
      "invalid chat completions request: must have valid messages field"
    ),
    ("/v1/completions", #"{"model":"m","prompt":7}"#, "invalid completions request: must have prompt field"),
    ("/v1/embeddings", #"{"model":"m","input":null}"#, "invalid embeddings request: must have input field"),
    ("/unknown", #"{"model":"m"}"#, "invalid completions request: must have prompt field"),
    ("/v1/messages", #"{"model":"m"}"#, "invalid messages request: must have valid messages field"),
    ("/v1/completions", "[1]", "error unmarshaling request bodyMap: expected an object, got an array"),
  ])
  func requiredFieldsAreMissed(path: String, body: String, text: String) throws {
    #expect(try complaint(path, Array(body.utf8)) == "inference error: BadRequest - \(text)")
  }

  @Test(arguments: [
    ("/v1/conversations", #"{"items":[]}"#), ("/v1/responses", #"{"input":"x"}"#),
    ("/v1/chat/completions", #"{"messages":[{"role":"user","content":"x"}]}"#),
    ("/v1/completions", #"{"prompt":["a"]}"#), ("/v1/embeddings", #"{"input":"x"}"#),
    ("/v1/messages/count_tokens", #"{"messages":[{}]}"#), ("/inference/v1/generate", #"{"token_ids":[1]}"#),
    ("/v1/chat/completions/render", "{}"),
  ])
  func whatIsThereIsEnough(path: String, body: String) throws {
    #expect(try complaint(path, Array(body.utf8)) == nil)
  }

  @Test(arguments: ["no healthy upstream", "", "{", "\u{0}", #"{"model":"m","prompt":"\u{1}"}"#])
  func whatIsNoJSONIsRefused(body: String) throws {
    let text = try complaint(nil, Array(body.utf8))
    #expect(text?.hasPrefix("inference error: BadRequest - error unmarshaling request bodyMap: ") == true)
  }

  @Test func aModelThatIsNoTextIsNone() throws {
    for model in ["7", "null", "{}", "[\"m\"]"] {
      var fixture = StreamFixture()
      try fixture.send(.request())
      try fixture.send(.body(#"{"model":\#(model),"prompt":"p"}"#, isLast: true))
      #expect(fixture.requests.first?.content == .json(model: nil))
    }
  }

  @Test func passthroughTakesAnything() throws {
    for (parsers, path) in [([RequestParser.passthrough], "/v1/completions"), ([.openAI, .passthrough], "/upload")] {
      var options = ProcessorOptions()
      options.parsers = parsers
      var fixture = StreamFixture(options, target: "other")
      try fixture.send(.request([(":path", path)]))
      let replies = try fixture.send(.body("passthrough-parser", isLast: true))
      #expect(replies.text == "passthrough-parser")
      #expect(fixture.requests.first?.content == .opaque)
      #expect(fixture.requests.first?.model == nil)
      #expect(fixture.requests.first?.hasBody == true)
    }
  }

  @Test func theForwardedPathCounts() throws {
    var fixture = StreamFixture()
    try fixture.send(.request([("x-forwarded-path", "/v1/embeddings"), ("x-original-path", "/v1/responses?a=b")]))
    #expect(try fixture.send(.body(#"{"input":1}"#, isLast: true)).names.first == "request_headers")
    #expect(fixture.requests.first?.path == "/v1/responses")
  }

  private let generate = "/vllm.grpc.engine.VllmEngine/Generate"

  @Test func vLLMsGRPCServiceIsFramed() throws {
    let parsers = [RequestParser.vllmGRPC]
    let cannot = "inference error: BadRequest - parsing gRPC payload for Generate: not able to parse payload"
    #expect(try complaint(generate, [0, 0, 0, 0, 2, 8, 1], parsers) == nil)
    #expect(try complaint(generate, Array("plain text".utf8), parsers) == cannot)
    #expect(try complaint(generate, [0, 0, 0, 0, 3, 8, 1], parsers) == cannot)
    #expect(try complaint(generate, [0, 0, 0], parsers) == cannot)
    #expect(
      try complaint("/x.Y/Z", [0, 0, 0, 0, 0], parsers)
        == "inference error: BadRequest - unsupported gRPC path: /x.Y/Z")
  }

  @Test func vLLMsGRPCAnswersGoOnOneForOneAndAreCounted() throws {
    var options = ProcessorOptions()
    options.parsers = [.vllmGRPC]
    // chunk {prompt 3, completion 1}, complete {ids 1 2, prompt 3, completion 300, cached 2}
    let first: [UInt8] = [0, 0, 0, 0, 6, 0x0A, 4, 0x10, 3, 0x18, 1]
    let second: [UInt8] = [0, 0, 0, 0, 13, 0x12, 11, 0x0A, 2, 1, 2, 0x18, 3, 0x20, 0xAC, 0x02, 0x28, 2]
    for size in [1, 4, 100] {
      var fixture = StreamFixture(options)
      try fixture.send(.request([(":path", generate), (":method", "POST")]))
      let sent = try fixture.send(.requestBody([0, 0, 0, 0, 0], isLast: true))
      #expect(sent[0].headers[":path"] == generate)
      #expect(sent[1].chunk?.bytes == [0, 0, 0, 0, 0])
      try fixture.send(.response([(":status", "200"), ("content-type", "application/grpc")]))
      let bytes = first + second
      for start in stride(from: 0, to: bytes.count, by: size) {
        let chunk = Array(bytes[start..<min(start + size, bytes.count)])
        let replies = try fixture.send(.responseBody(chunk, isLast: false))
        #expect(replies.map { $0.chunk?.bytes } == [chunk])
        #expect(replies.map { $0.chunk?.isLast } == [false])
      }
      #expect(try fixture.send(.responseTrailers).names == ["response_trailers"])
      let usage = fixture.finished.first?.usage
      #expect(usage?.promptTokens == 3)
      #expect(usage?.completionTokens == 300)
      #expect(usage?.cachedTokens == 2)
    }
  }

  @Test func brokenGRPCAnswersAreEchoed() throws {
    var generator = SplitMix64(seed: 4)
    for _ in 0..<500 {
      var reader = GRPCUsageReader(method: "Generate")
      let size = Int.random(in: 0..<40, using: &generator)
      let message = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
      reader.read([0, 0, 0, 0, UInt8(size)] + message + message)
      // What comes of it does not matter; it must not crash or count below zero.
      #expect((reader.usage?.promptTokens ?? 0) >= 0)
    }
  }
}
