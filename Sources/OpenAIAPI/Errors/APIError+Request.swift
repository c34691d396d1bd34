internal import JSON

/// Refusals of a request for what it says.
extension APIError {
  /// 400: a value that breaks a rule; vLLM's semantic validation.
  public static func badRequest(_ message: String, param: String? = nil) -> APIError {
    APIError(status: 400, message: message, param: param)
  }

  /// 400: a field of the wrong type or out of its range; vLLM's schema layer.
  public static func invalidField(_ field: String, expected: String, got: String) -> APIError {
    APIError(
      status: 400, message: "1 validation error:\n  \(field): expected \(expected), got \(got)", type: "Bad Request",
      param: field)
  }

  /// 400: a required field is absent.
  public static func missingField(_ field: String) -> APIError {
    APIError(status: 400, message: "1 validation error:\n  \(field): field required", type: "Bad Request", param: field)
  }

  /// 400: a field asks for something that this server cannot do yet.
  public static func notAvailableYet(_ field: String, _ what: String? = nil) -> APIError {
    .badRequest("\(what ?? "`\(field)`") is not available yet", param: field)
  }

  /// 400: the body is not JSON.
  public static func malformedBody(_ detail: String) -> APIError {
    APIError(
      status: 400, message: "Failed to read and parse request body, \(detail)", type: "Bad Request")
  }

  /// 404: no such model or adapter.
  public static func modelNotFound(_ model: String) -> APIError {
    APIError(status: 404, message: "The model `\(model)` does not exist.", param: "model")
  }

  /// 400: prompt and maximum together do not fit the context (llm-d-inference-sim's text).
  public static func contextExceeded(maxModelLen: Int, promptTokens: Int, maxTokens: Int) -> APIError {
    let (sum, overflow) = promptTokens.addingReportingOverflow(maxTokens)
    return .badRequest(
      "This model's maximum context length is \(maxModelLen) tokens. However, you requested "
        + "\(overflow ? Int.max : sum) tokens (\(promptTokens) in the messages, \(maxTokens) in the completion). "
        + "Please reduce the length of the messages or completion")
  }

  /// 400: the prompt alone does not fit the context.
  public static func promptTooLong(maxModelLen: Int, promptTokens: Int) -> APIError {
    .badRequest(
      "This model's maximum context length is \(maxModelLen) tokens. However, your prompt contains \(promptTokens) "
        + "input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the "
        + "input prompt. (parameter=input_tokens, value=\(promptTokens))",
      param: "input_tokens")
  }

  /// 400: the prompt alone needs more KV blocks than exist.
  public static func promptExceedsKVCache(promptTokens: Int, capacityTokens: Int) -> APIError {
    .badRequest(
      "The prompt contains \(promptTokens) tokens, but the KV cache holds \(capacityTokens). Please reduce the length "
        + "of the input prompt. (parameter=input_tokens, value=\(promptTokens))",
      param: "input_tokens")
  }

  /// 400: `/detokenize` met an id that no text has produced.
  public static func unknownToken(_ id: UInt32) -> APIError {
    .badRequest("Token id \(id) is unknown.", param: "tokens")
  }

  /// Turns the JSON library's complaint into a refusal.
  static func malformedBody(_ error: JSONError) -> APIError { .malformedBody(error.description) }
}
