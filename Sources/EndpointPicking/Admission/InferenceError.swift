/// A refusal by the endpoint picker (GIE v1.5, error codes).
public struct InferenceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of refusal; the raw value is the metric label `error_code`.
  public enum Code: String, Hashable, Sendable, CaseIterable {
    case badRequest = "BadRequest"
    case unauthorized = "Unauthorized"
    case forbidden = "Forbidden"
    case notFound = "NotFound"
    case preconditionFailed = "PreconditionFailed"
    case resourceExhausted = "ResourceExhausted"
    case internalError = "Internal"
    case serviceUnavailable = "ServiceUnavailable"

    /// The status of the HTTP answer.
    public var httpStatus: Int {
      switch self {
      case .badRequest: 400
      case .unauthorized: 401
      case .forbidden: 403
      case .notFound: 404
      case .preconditionFailed: 412
      case .resourceExhausted: 429
      case .internalError: 500
      case .serviceUnavailable: 503
      }
    }
  }

  /// Why a request was dropped that nothing is wrong with: the response header `x-llm-d-request-dropped-reason` of
  /// llm-d 0.10.
  public enum DroppedReason: String, Hashable, Sendable {
    case saturated = "rejected-saturated"
    case noEndpoints = "rejected-no-endpoints"
    case ttlExpired = "rejected-ttl-expired"
    case contextCancelled = "rejected-context-cancelled"
    case shuttingDown = "rejected-shutting-down"
  }

  /// What kind it is.
  public var code: Code
  /// What happened.
  public var message: String
  /// Why the request was dropped; nil when it was not dropped for lack of room.
  public var droppedReason: DroppedReason?

  /// A refusal of kind `code`.
  public init(_ code: Code, _ message: String, dropped droppedReason: DroppedReason? = nil) {
    self.code = code
    self.message = message
    self.droppedReason = droppedReason
  }

  /// The status of the HTTP answer.
  public var httpStatus: Int { code.httpStatus }
  /// The body of the HTTP answer.
  public var description: String { "inference error: \(code.rawValue) - \(message)" }

  /// The body names no model.
  public static let modelMissing = InferenceError(.badRequest, "model not found in request body")
  /// The pool is empty, or the subset hint matches nothing.
  public static let noCandidates = InferenceError(
    .serviceUnavailable, "failed to find endpoint candidates for serving the request", dropped: .noEndpoints)
  /// A request of negative priority while the pool is saturated.
  public static let shed = InferenceError(
    .resourceExhausted, "system saturated, sheddable request dropped", dropped: .saturated)
}
