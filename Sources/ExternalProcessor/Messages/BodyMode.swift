/// How a gateway hands over bodies: `ProcessingMode.BodySendMode`.
enum BodyMode: Equatable, Sendable {
  /// Not at all.
  case none
  /// Chunk by chunk, each of which wants one answer; headers are gone by then.
  case streamed
  /// Whole, or as much of it as the gateway keeps, in one message; headers want an answer first.
  case buffered
  /// Chunk by chunk, answered whenever and in whatever pieces.
  case fullDuplex
}

/// The modes of both directions: `ProtocolConfiguration`.
struct BodyModes: Equatable, Sendable {
  var request = BodyMode.fullDuplex
  var response = BodyMode.fullDuplex
}
