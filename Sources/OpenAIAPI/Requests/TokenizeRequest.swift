public import JSON

/// The body of `POST /tokenize`.
public struct TokenizeRequest: Equatable, Sendable {
  /// What to tokenize.
  public enum Input: Equatable, Sendable {
    /// UTF-8 text; may be empty.
    case prompt([UInt8])
    /// A conversation; see `[ChatMessage].promptText`.
    case messages([ChatMessage])
  }

  /// nil means the server's default model.
  public var model: String?
  /// What to tokenize.
  public var input: Input
  /// The answer carries the tokens' text too.
  public var returnTokenStrs = false

  /// Decodes and validates a body; throws a 400.
  public static func decode(_ body: UnsafeRawBufferPointer, parser: JSONParser) throws(APIError) -> TokenizeRequest {
    try RequestBody.decode(body, parser: parser) { (root) throws(APIError) in try TokenizeRequest(root) }
  }

  /// Validates a body that is parsed already; throws as `decode` does.
  public init(_ root: JSONValue) throws(APIError) {
    var prompt: [UInt8]?
    var messages: [ChatMessage]?
    for (key, value) in root.members {
      switch key {
      case "model": model = try value.optionalString("model")
      case "prompt": prompt = value.isNull ? nil : try value.requiredUTF8("prompt")
      case "messages": messages = value.isNull ? nil : try ChatMessage.decodeAll(value)
      case "return_token_strs": returnTokenStrs = try value.optionalBool("return_token_strs") ?? false
      case "add_special_tokens", "add_generation_prompt", "continue_final_message":
        _ = try value.optionalBool(key.string)
      default: break
      }
    }
    switch (prompt, messages) {
    case (let prompt?, nil): input = .prompt(prompt)
    case (nil, let messages?): input = .messages(messages)
    case (nil, nil): throw .badRequest("Either `prompt` or `messages` must be provided.", param: "prompt")
    default: throw .badRequest("both prompt and messages fields in tokenize request", param: "prompt")
    }
  }
}
