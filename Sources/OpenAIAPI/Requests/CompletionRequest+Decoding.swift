public import JSON

extension CompletionRequest {
  /// Decodes and validates a body. Throws a 400 for anything that vLLM refuses, and for what is not available yet.
  public static func decode(
    _ body: UnsafeRawBufferPointer, parser: JSONParser, limits: DecodingLimits = DecodingLimits()
  ) throws(APIError) -> CompletionRequest {
    try RequestBody.decode(body, parser: parser) { (root) throws(APIError) in
      try CompletionRequest(root, limits)
    }
  }

  /// Validates a body that is parsed already; throws as `decode` does.
  public init(_ root: JSONValue, _ limits: DecodingLimits) throws(APIError) {
    self.init(prompts: [])
    var common = CommonFields()
    var suffix = false
    for (key, value) in root.members {
      switch key {
      case "prompt": prompts = try Self.prompts(value, limits)
      case "echo": echo = try value.optionalBool("echo") ?? false
      case "logprobs": logprobs = try value.optionalCount("logprobs")
      case "suffix":
        suffix = try value.optionalString("suffix").map { !$0.isEmpty } ?? false
        if suffix { common.markUnavailable("suffix") }
      case "prompt_embeds":
        if !value.isNull { common.markUnavailable("prompt_embeds") }
      default: try common.read(key, value)
      }
    }
    if suffix, echo { throw .badRequest("Echo is unsupported with suffix.", param: "suffix") }
    try Self.checkLogprobs(logprobs, limits)
    try common.finish(limits, allowZeroMax: echo)
    if prompts.isEmpty {
      throw .badRequest("Either prompt or prompt_embeds must be provided and non-empty.", param: "prompt")
    }
    // Both factors are bounded by 32 bits.
    let sequences = prompts.count * common.sampling.n
    if sequences > limits.maxSequences {
      throw .badRequest(
        "n times the number of prompts must be at most \(limits.maxSequences), got \(sequences).",
        param: "n")
    }
    model = common.model
    sampling = common.sampling
    options = common.options
    if logprobs == -1 { logprobs = limits.effectiveMaxLogprobs }
  }

  static func checkLogprobs(_ logprobs: Int?, _ limits: DecodingLimits, field: String = "logprobs") throws(APIError) {
    guard let logprobs else { return }
    if logprobs < -1 {
      throw .badRequest("logprobs must be non-negative or -1, got \(logprobs).", param: field)
    }
    // -1 asks for the whole vocabulary, which only a server without a limit grants.
    if logprobs > limits.effectiveMaxLogprobs || (logprobs == -1 && limits.maxLogprobs >= 0) {
      throw .badRequest(
        "Requested sample logprobs of \(logprobs), which is greater than max allowed: \(limits.effectiveMaxLogprobs)",
        param: field)
    }
  }

  private static func prompts(_ value: JSONValue, _ limits: DecodingLimits) throws(APIError) -> [CompletionPrompt] {
    switch value.kind {
    case .null: return []
    case .string:
      let text = try value.requiredUTF8("prompt")
      return text.isEmpty ? [] : [.text(text)]
    case .array: break
    default: throw value.mismatch("prompt", expected: "a string or an array")
    }
    guard let first = value.element(0) else {
      throw .badRequest("prompt array must contain at least one prompt", param: "prompt")
    }
    if first.kind != .string, first.kind != .array {
      return [.tokenIDs(try value.tokenIDs("prompt"))]
    }
    if value.count > limits.maxPrompts {
      throw .badRequest("prompt must have at most \(limits.maxPrompts) prompts, got \(value.count).", param: "prompt")
    }
    var prompts: [CompletionPrompt] = []
    prompts.reserveCapacity(value.count)
    for element in value.elements {
      prompts.append(
        first.kind == .string
          ? .text(try text(element, prompts.count)) : .tokenIDs(try tokens(element, prompts.count)))
    }
    return prompts
  }

  private static func text(_ element: JSONValue, _ index: Int) throws(APIError) -> [UInt8] {
    let text = try element.requiredUTF8("prompt.\(index)")
    if text.isEmpty { throw .badRequest("prompt must not contain an empty string", param: "prompt") }
    return text
  }

  private static func tokens(_ element: JSONValue, _ index: Int) throws(APIError) -> [UInt32] {
    let ids = try element.tokenIDs("prompt.\(index)")
    if ids.isEmpty { throw .badRequest("prompt must not contain an empty token-id array", param: "prompt") }
    return ids
  }
}
