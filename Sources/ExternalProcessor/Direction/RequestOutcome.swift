public import OpenAIAPI

/// How a transaction went. Times are nanoseconds of the monotonic clock.
public struct RequestOutcome: Equatable, Sendable {
  /// The response's status; nil when none came or the gateway does not say.
  public var status: Int?
  /// The response came to its end; otherwise the gateway vanished.
  public var isComplete = false
  /// The response is an event stream, or was asked for as one.
  public var isStream = false
  /// Token counts, as far as the response has them.
  public var usage: ReportedUsage?
  /// The size of the request's body as it came.
  public var requestBytes = 0
  /// The size of the response's body as it came.
  public var responseBytes = 0
  /// When the stream's first message came.
  public var receivedAt: Int64
  /// When the director had decided; nil for a stream that began with the response.
  public var directedAt: Int64?
  /// When the response's headers came.
  public var respondedAt: Int64?
  /// When the first event with content came; nil for a response that is no event stream.
  public var firstContentAt: Int64?
  /// When it was over.
  public var finishedAt: Int64

  /// An outcome of which nothing but its times is known.
  public init(receivedAt: Int64, finishedAt: Int64) {
    self.receivedAt = receivedAt
    self.finishedAt = finishedAt
  }
}
