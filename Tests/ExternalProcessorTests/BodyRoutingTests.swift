import EndpointPicking
import Testing

@testable import ExternalProcessor

@Suite struct BodyRoutingTests {
  private static let bases: ProcessorOptions.BaseModels = { ["foo": "qwen", "qwen": "qwen"][$0] }

  private func router(_ routing: ProcessorOptions.BodyRouting) -> StreamFixture {
    var options = ProcessorOptions()
    options.bodyRouting = routing
    return StreamFixture(options)
  }

  @Test func aRouterSetsTheModelAndPicksNothing() throws {
    var fixture = router(.only(Self.bases))
    try fixture.send(.request([("a", "b")]))
    let body = #"{"model":"foo","prompt":"test"}"#
    #expect(try fixture.send(.body(String(body.prefix(12)))).isEmpty)
    let replies = try fixture.send(.body(String(body.dropFirst(12)), isLast: true))
    #expect(replies.names == ["request_headers", "request_body"])
    #expect(
      replies[0].headers == [
        "X-Gateway-Model-Name": "foo", "X-Gateway-Base-Model-Name": "qwen", "Content-Length": "\(body.utf8.count)",
      ])
    #expect(replies[0].common?.clearsRouteCache == true)
    #expect(replies[0].destination == nil)
    #expect(replies.text == body)
    #expect(try fixture.send(.response([("x", "y")])) == [ProcessorReply(.responseHeaders(CommonReply()))])
    #expect(try fixture.send(.answer("z", isLast: true)).text == "z")
    fixture.end()
    #expect(fixture.requests.isEmpty)
    #expect(fixture.finished.isEmpty)
  }

  @Test func aRouterOfBufferedBodies() throws {
    for (body, headers) in [
      (#"{"model":"qwen"}"#, ["X-Gateway-Model-Name": "qwen", "X-Gateway-Base-Model-Name": "qwen"]),
      (#"{"model":"unknown"}"#, ["X-Gateway-Model-Name": "unknown", "X-Gateway-Base-Model-Name": ""]),
      (#"{"model":""}"#, [:]), (#"{"model":1}"#, [:]), ("{}", [:]),
    ] {
      var fixture = router(.only(Self.bases))
      #expect(try fixture.send(.request(), modes: buffered) == [ProcessorReply(.requestHeaders(CommonReply()))])
      let replies = try fixture.send(.body(body, isLast: true))
      #expect(replies.names == ["request_body"])
      #expect(replies[0].headers.filter { $0.key != "Content-Length" } == headers)
      #expect(replies[0].common?.clearsRouteCache == true)
    }
  }

  @Test func aRouterRefusesWhatIsNoJSON() throws {
    var fixture = router(.only(Self.bases))
    try fixture.send(.request())
    let replies = try fixture.send(.body("hello", isLast: true))
    #expect(replies[0].immediate?.status == 400)
    #expect(replies[0].immediate?.text == "failed to parse request body")
  }

  @Test func aPickerSetsThemToo() throws {
    var fixture = router(.beside(Self.bases))
    try fixture.send(.request([("x-request-id", "1")]))
    let replies = try fixture.send(.body(#"{"model":"foo","prompt":"p"}"#, isLast: true))
    #expect(
      replies[0].headers == [
        "X-Gateway-Model-Name": "foo", "X-Gateway-Base-Model-Name": "qwen", "Content-Length": "28",
        "x-gateway-destination-endpoint": "10.0.0.1:8000", "x-request-id": "1",
      ])
  }

  @Test func theConformancePicker() throws {
    var options = ProcessorOptions()
    options.isConformancePicker = true
    for (served, testimony) in [
      (ServedEndpoint.unsaid, "fail: missing envoy lb metadata"),
      (.missing, "fail: missing destination endpoint served metadata"), (.endpoint("10.0.0.3:3000"), "10.0.0.3:3000"),
    ] {
      var fixture = StreamFixture(options, destination: "10.0.0.3:3000,10.0.0.4:3000")
      let headers = [("Test-EPP-Endpoint-Selection", "10.0.0.3, 10.0.0.4:3000")]
      let replies = try fixture.send(.request(headers, isLast: true), subset: SubsetHint(header: "10.9.9.9"))
      #expect(fixture.requests.first?.subset == SubsetHint(["10.0.0.3", "10.0.0.4:3000"]))
      #expect(replies[0].headers["X-Echo-Set-Header"] == "x-conformance-test-served-endpoint:10.0.0.3:3000")
      let answer = try fixture.send(.response([(":status", "200")]), served: served)
      #expect(answer[0].headers["x-conformance-test-served-endpoint"] == testimony)
    }
  }
}
