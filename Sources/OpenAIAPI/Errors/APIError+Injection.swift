/// Failures that are asked for (llm-d-inference-sim, failure injection and `X-Return-Error`).
extension APIError {
  /// 429, failure type `rate_limit`; `model` is the configured name.
  public static func injectedRateLimit(model: String) -> APIError {
    APIError(
      status: 429,
      message: "Rate limit reached for \(model) in organization org-xxx on requests per min (RPM): Limit 3, Used 3, "
        + "Requested 1.")
  }

  /// 401, failure type `invalid_api_key`.
  public static let injectedInvalidAPIKey = APIError(status: 401, message: "Incorrect API key provided.")

  /// 400, failure type `context_length`.
  public static let injectedContextLength = APIError(
    status: 400,
    message: "This model's maximum context length is 4096 tokens. However, your messages resulted in 4500 tokens.",
    param: "messages")

  /// 503, failure type `server_error`.
  public static let injectedServerError = APIError(status: 503, message: "The server is overloaded or not ready yet.")

  /// 400, failure type `invalid_request`.
  public static let injectedInvalidRequest = APIError(
    status: 400, message: "Invalid request: missing required parameter 'model'.", param: "model")

  /// 404, failure type `model_not_found`; `model` is the configured name.
  public static func injectedModelNotFound(model: String) -> APIError {
    APIError(status: 404, message: "The model '\(model)-nonexistent' does not exist", param: "model")
  }

  /// What the header `X-Return-Error: value` asks for; 400 when it does not ask for a status from 200 to 599.
  public static func requested(byHeader value: String) -> APIError {
    guard let status = Int(value) else {
      return .badRequest("Invalid X-Return-Error header value \"\(value)\": must be an integer")
    }
    // Interim statuses cannot end a response, and HTTP has none above 599.
    guard (200...599).contains(status) else {
      return .badRequest("Invalid X-Return-Error header value \"\(value)\": must be from 200 to 599")
    }
    return APIError(
      status: status, message: "Simulated error triggered by X-Return-Error header (code \(status))")
  }
}
