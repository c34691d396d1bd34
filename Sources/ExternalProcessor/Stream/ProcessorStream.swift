internal import EndpointPicking
internal import JSON
internal import OpenAIAPI

/// One HTTP transaction as a gateway's external processor sees it (GIE v1.5, message sequences): takes its messages, and
/// says what to reply and what to tell the director.
///
/// Knows neither gRPC nor time: the caller carries out the effects, and stops when there is one that closes the stream.
/// For each direction that it was given, `finished` comes exactly once, if `end` is called when the stream is over.
struct ProcessorStream {
  /// How far the request has come.
  enum RequestPhase {
    /// Nothing has come.
    case expected
    /// The headers have come, and perhaps a part of the body.
    case receiving
    /// The director decides; what ended the body.
    case directing(RequestEnd)
    /// It has been answered, or never came.
    case done
  }

  /// What shows that a request is complete.
  enum RequestEnd: Equatable {
    /// Its headers: there is no body, or none that the picker sees before the headers go on.
    case headers
    /// The last piece of the body.
    case body
    case trailers
  }

  /// How far the response has come.
  enum ResponsePhase {
    case expected
    case receiving(ResponseBody)
    case done
  }

  let options: ProcessorOptions
  var requestPhase = RequestPhase.expected
  var responsePhase = ResponsePhase.expected
  /// As the first message says.
  var modes = BodyModes()
  /// The gateway reads no answers, so that there are none.
  var isObserved = false
  var hasBegun = false
  /// Nothing is done any more.
  var isClosed = false

  var head: RequestHead?
  var body: [UInt8] = []
  var parsed: ParsedBody?
  var hasAnsweredTrailers = false
  var direction: Direction?
  /// The director has yet to hear of the end.
  var owesEnd = false
  var outcome = RequestOutcome(receivedAt: 0, finishedAt: 0)
  /// For this stream alone.
  let parser = JSONParser()

  init(_ options: ProcessorOptions) { self.options = options }

  /// Takes the gateway's next message, which came at `now`.
  ///
  /// - Throws: when the protocol does not allow the message there; the stream is then closed, and `end` is due.
  mutating func receive(_ message: GatewayMessage, at now: Int64) throws(ProtocolViolation) -> [ProcessorEffect] {
    if isClosed { return [] }
    if !hasBegun {
      hasBegun = true
      modes = message.modes ?? BodyModes()
      isObserved = message.isObserved
      outcome.receivedAt = now
    }
    guard let event = message.event else { return [] }
    if isObserved || message.isObserved { return [] }
    do throws(ProtocolViolation) {
      switch event {
      case .requestHeaders(let headers, let isLast):
        return try receiveRequestHeaders(headers, subset: message.subset, isLast: isLast, at: now)
      case .requestBody(let bytes, let isLast): return try receiveRequestBody(bytes, isLast: isLast, at: now)
      case .requestTrailers: return try receiveRequestTrailers(at: now)
      case .responseHeaders(let headers, let isLast):
        return try receiveResponseHeaders(headers, served: message.served, isLast: isLast, at: now)
      case .responseBody(let bytes, let isLast): return receiveResponseBody(bytes, isLast: isLast, at: now)
      case .responseTrailers: return receiveResponseTrailers(at: now)
      }
    } catch {
      isClosed = true
      throw error
    }
  }

  /// The stream is over, for whatever reason.
  mutating func end(at now: Int64) -> [ProcessorEffect] {
    isClosed = true
    return finish(isComplete: false, at: now)
  }

  /// Tells the director of the end, the first time.
  mutating func finish(isComplete: Bool, at now: Int64) -> [ProcessorEffect] {
    guard owesEnd else { return [] }
    owesEnd = false
    outcome.isComplete = isComplete
    outcome.finishedAt = now
    if case .receiving(let body) = responsePhase { body.report(to: &outcome) }
    return [.finished(direction, outcome)]
  }
}
