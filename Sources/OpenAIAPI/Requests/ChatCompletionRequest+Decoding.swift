public import JSON

extension ChatCompletionRequest {
  /// Decodes and validates a body. Throws a 400 for anything that vLLM refuses, and for what is not available yet.
  public static func decode(
    _ body: UnsafeRawBufferPointer, parser: JSONParser, limits: DecodingLimits = DecodingLimits()
  ) throws(APIError) -> ChatCompletionRequest {
    try RequestBody.decode(body, parser: parser) { (root) throws(APIError) in
      try ChatCompletionRequest(root, limits)
    }
  }

  /// Validates a body that is parsed already; throws as `decode` does.
  public init(_ root: JSONValue, _ limits: DecodingLimits) throws(APIError) {
    self.init(messages: [])
    var common = CommonFields()
    var tools = ToolFields()
    var hasMessages = false
    var maxCompletionTokens: Int?
    var generationPrompt: Bool?
    for (key, value) in root.members {
      switch key {
      case "messages":
        messages = try ChatMessage.decodeAll(value)
        hasMessages = true
      case "max_completion_tokens": maxCompletionTokens = try value.optionalCount("max_completion_tokens")
      case "logprobs": logprobs = try value.optionalBool("logprobs") ?? false
      case "top_logprobs": topLogprobs = try value.optionalCount("top_logprobs") ?? 0
      case "echo": echo = try value.optionalBool("echo") ?? false
      case "add_generation_prompt": generationPrompt = try value.optionalBool("add_generation_prompt")
      case "continue_final_message":
        continueFinalMessage = try value.optionalBool("continue_final_message") ?? false
      case "tools": try tools.readTools(value)
      case "tool_choice": try tools.readChoice(value)
      case "structured_outputs":
        tools.constrained = value.count > 0
        try common.read(key, value)
      default: try common.read(key, value)
      }
    }
    if !hasMessages { throw .missingField("messages") }
    if messages.isEmpty { throw .badRequest("messages must contain at least one message.", param: "messages") }
    if let maxCompletionTokens {
      common.sampling.maxTokens = maxCompletionTokens
      common.maxTokensField = "max_completion_tokens"
    }
    if continueFinalMessage, generationPrompt == true {
      throw .badRequest("Cannot set both `continue_final_message` and `add_generation_prompt` to True.")
    }
    addGenerationPrompt = generationPrompt ?? !continueFinalMessage
    try checkTopLogprobs(limits)
    try tools.check(&common)
    try common.finish(limits)
    model = common.model
    sampling = common.sampling
    options = common.options
    if topLogprobs == -1 { topLogprobs = limits.effectiveMaxLogprobs }
  }

  private func checkTopLogprobs(_ limits: DecodingLimits) throws(APIError) {
    if topLogprobs < -1 {
      throw .badRequest("`top_logprobs` must be a positive value or -1.", param: "top_logprobs")
    }
    if topLogprobs != 0, !logprobs {
      throw .badRequest("when using `top_logprobs`, `logprobs` must be set to true.", param: "top_logprobs")
    }
    try CompletionRequest.checkLogprobs(topLogprobs, limits, field: "top_logprobs")
  }
}
