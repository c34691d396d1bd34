public import EndpointPicking

/// An answer that the picker gives in the server's stead.
public struct Refusal: Equatable, Sendable {
  /// The status of the HTTP answer, 400 or higher.
  public var status: Int
  /// Its body.
  public var message: String
  /// The kind, as metrics name it.
  public var code: InferenceError.Code
  /// The value of `x-llm-d-request-dropped-reason`.
  public var droppedReason: InferenceError.DroppedReason?
  /// The model that the body names, if that much could be read.
  public var model: String?

  /// The refusal that `error` describes (GIE v1.5, error codes).
  init(_ error: InferenceError, model: String? = nil) {
    status = error.httpStatus
    message = error.description
    code = error.code
    droppedReason = error.droppedReason
    self.model = model
  }

  /// The body is larger than `limit` bytes: 413.
  static func bodyTooLarge(limit: Int) -> Refusal {
    var refusal = Refusal(InferenceError(.badRequest, "request body larger than \(limit) bytes"))
    refusal.status = 413
    return refusal
  }

  /// A body-based router's answer to what is no JSON object (GIE v1.5, body based routing).
  static var unreadable: Refusal {
    var refusal = Refusal(InferenceError(.badRequest, ""))
    refusal.message = "failed to parse request body"
    return refusal
  }

  /// The message to the gateway.
  var reply: ImmediateReply {
    var headers = HeaderChanges()
    if let droppedReason { headers.append(RoutingNames.droppedReason, droppedReason.rawValue) }
    return ImmediateReply(status: status, headers: headers, body: Array(message.utf8))
  }
}
