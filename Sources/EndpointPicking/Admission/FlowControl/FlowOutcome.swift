/// What became of a request in flow control; the raw value is the metric label `outcome` (GIE v1.5, flow control).
public enum FlowOutcome: String, Hashable, Sendable, CaseIterable {
  /// It may go to an endpoint.
  case dispatched = "Dispatched"
  /// A queue was full when it came.
  case rejectedCapacity = "RejectedCapacity"
  /// It was not queued for another reason: the controller shuts down, or its id is in the queue already.
  case rejectedOther = "RejectedOther"
  /// Its time to live ran out in the queue.
  case evictedTTL = "EvictedTTL"
  /// Its client went away while it was in the queue.
  case evictedContextCancelled = "EvictedContextCancelled"
  /// It was taken from the queue for another reason: the controller shuts down.
  case evictedOther = "EvictedOther"
  /// It still waits.
  case notYetFinalized = "NotYetFinalized"

  /// The refusal that a client sees; nil when the request was dispatched.
  public var error: InferenceError? {
    switch self {
    case .dispatched: nil
    case .rejectedCapacity:
      InferenceError(.resourceExhausted, "request rejected by flow control", dropped: .saturated)
    case .evictedTTL:
      InferenceError(
        .serviceUnavailable, "request timed out in queue: request evicted from queue: request TTL expired",
        dropped: .ttlExpired)
    case .evictedContextCancelled:
      InferenceError(
        .serviceUnavailable, "client disconnected: request evicted from queue: request context cancelled",
        dropped: .contextCancelled)
    case .rejectedOther: InferenceError(.internalError, "internal flow control error: request rejected pre-queue")
    case .evictedOther: InferenceError(.internalError, "internal flow control error: request evicted from queue")
    case .notYetFinalized: InferenceError(.internalError, "unhandled flow control outcome: request still queued")
    }
  }
}
