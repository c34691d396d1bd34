import Testing

@testable import ExternalProcessor

@Suite struct MessageOrderTests {
  static let completion = RequestSequenceTests.completion

  @Test func whatComesTooEarlyOrTwiceIsRefused() throws {
    let sequences: [[GatewayEvent]] = [
      [.body("x")],
      [.requestTrailers],
      [.request(), .request()],
      [.request(isLast: true), .request()],
      [.response(), .response()],
      [.response(), .request()],
    ]
    for events in sequences {
      var fixture = StreamFixture()
      for event in events.dropLast() { try fixture.send(event) }
      let last = try #require(events.last)
      #expect(throws: ProtocolViolation.self) { try fixture.send(last) }
      fixture.end()
      // Nothing more happens, and nothing is owed.
      #expect(try fixture.send(last).isEmpty)
      #expect(fixture.finished.count == (events.first == .request(isLast: true) || events[0] == .response() ? 1 : 0))
    }
  }

  @Test func aSecondEndChangesNothing() throws {
    var fixture = StreamFixture()
    try fixture.send(.request())
    try fixture.send(.body(Self.completion, isLast: true))
    #expect(try fixture.send(.body("", isLast: true)).isEmpty)
    #expect(try fixture.send(.body("more")).isEmpty)
    #expect(fixture.requests.count == 1)
    try fixture.send(.response())
    try fixture.send(.answer("x", isLast: true))
    #expect(try fixture.send(.answer("", isLast: true)).isEmpty)
    #expect(try fixture.send(.responseTrailers).isEmpty)
    fixture.end()
    #expect(fixture.finished.count == 1)
  }

  @Test func aResponseMayCutARequestShort() throws {
    var fixture = StreamFixture()
    try fixture.send(.request())
    try fixture.send(.body("{"))
    #expect(try fixture.send(.response([(":status", "408")], isLast: true)).names == ["response_headers"])
    #expect(try fixture.send(.body("}", isLast: true)).isEmpty)
    #expect(fixture.requests.isEmpty)
  }

  @Test func anObserverIsNotAnswered() throws {
    var fixture = StreamFixture()
    try fixture.send(.request(), isObserved: true)
    try fixture.send(.body(Self.completion, isLast: true))
    try fixture.send(.response())
    try fixture.send(.answer("x", isLast: true))
    fixture.end()
    #expect(fixture.replies.isEmpty)
    #expect(fixture.requests.isEmpty)
    #expect(fixture.finished.isEmpty)
  }

  @Test func anUnknownMessageIsSkipped() throws {
    var fixture = StreamFixture()
    #expect(try fixture.send(nil).isEmpty)
    try fixture.send(.request())
    #expect(try fixture.send(nil).isEmpty)
    #expect(try fixture.send(.body(Self.completion, isLast: true)).count == 2)
  }

  @Test func aVanishedGatewayIsReportedOnce() throws {
    var fixture = StreamFixture()
    try fixture.send(.request())
    try fixture.send(.body(Self.completion, isLast: true))
    try fixture.send(.response([(":status", "200"), ("content-type", "text/event-stream")]))
    try fixture.send(.answer("data: {\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}\n\n"))
    fixture.end()
    fixture.end()
    #expect(fixture.finished.count == 1)
    #expect(fixture.finished[0].isComplete == false)
    #expect(fixture.finished[0].usage?.promptTokens == 7)
    #expect(fixture.finished[0].status == 200)
  }
}
