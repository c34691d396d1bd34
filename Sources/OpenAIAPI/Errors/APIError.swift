/// A refusal as a client sees it: a status and an OpenAI-style error object (vLLM 0.33, errors).
public struct APIError: Error, Equatable, Sendable {
  /// The HTTP status, also the object's `code`.
  public var status: Int
  /// What is wrong, with the limit and the value received.
  public var message: String
  /// The error's class: vLLM's name for it, or the name that goes with the status.
  public var type: String
  /// The field to blame.
  public var param: String?
  /// How the body is laid out.
  var layout = Layout.object

  /// The two shapes of body that vLLM's front end sends.
  enum Layout: Equatable, Sendable {
    /// `{"error":{"message","type","param","code"}}`
    case object
    /// `{"error":"message"}`, sent by the middleware that checks API keys.
    case text
  }

  /// A refusal; without a `type`, the one that llm-d-inference-sim pairs with the status.
  public init(status: Int, message: String, type: String? = nil, param: String? = nil) {
    self.status = status
    self.message = message
    self.type = type ?? APIError.defaultType(for: status)
    self.param = param
  }

  /// The type that goes with a status (llm-d-inference-sim, error body).
  public static func defaultType(for status: Int) -> String {
    switch status {
    case 400: "BadRequestError"
    case 401: "AuthenticationError"
    case 403: "PermissionDeniedError"
    case 404: "NotFoundError"
    case 422: "UnprocessableEntityError"
    case 429: "RateLimitError"
    case 500...: "InternalServerError"
    default: "APIConnectionError"
    }
  }
}
