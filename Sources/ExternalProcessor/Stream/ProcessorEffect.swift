internal import EndpointPicking

/// What a stream wants done, in order.
enum ProcessorEffect: Sendable {
  /// The gateway is told.
  case reply(ProcessorReply)
  /// The director is asked; its answer goes to `ProcessorStream.resolve`, before any other message.
  case direct(DirectedRequest)
  /// The director learns that the request goes on, with a body of that size.
  case routed(Direction, bodyBytes: Int)
  /// The director learns of the response's headers.
  case responded(Direction, status: Int?, servedBy: String?)
  /// The director learns of the end.
  case finished(Direction?, RequestOutcome)
  /// The director learns of a request that it was not asked about.
  case refused(Refusal)
  /// The stream is closed with status OK.
  case close
}

/// A message that the protocol does not allow there. The stream ends with a gRPC error.
struct ProtocolViolation: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
