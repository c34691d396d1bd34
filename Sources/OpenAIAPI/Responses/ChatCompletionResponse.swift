internal import JSON

/// One choice of a chat's whole answer.
public struct ChatChoice: Sendable {
  /// From 0 to `n` - 1.
  public var index: Int
  /// Usually `assistant`.
  public var role: String
  /// UTF-8 already escaped for a JSON string.
  public var escapedContent: [UInt8]
  /// With `logprobs`; nil is sent as null.
  public var logprobs: ChatLogprobs?
  /// Why the choice ended.
  public var finishReason: ChoiceFinishReason
  /// With `return_token_ids`.
  public var tokenIDs: [UInt32]?
  /// The message has the fields of older releases too: `reasoning_content`, and `tool_calls` though there are none.
  public var hasOlderFields = false

  /// A choice without logprobs and token ids.
  public init(index: Int, role: String = "assistant", escapedContent: [UInt8], finishReason: ChoiceFinishReason) {
    self.index = index
    self.role = role
    self.escapedContent = escapedContent
    self.finishReason = finishReason
  }
}

/// The whole answer of `POST /v1/chat/completions` (vLLM 0.33: every key is there, null when unused).
public struct ChatCompletionResponse: Sendable {
  /// Id, time and model.
  public var identity: ResponseIdentity
  /// By index.
  public var choices: [ChatChoice]
  /// Counts over all choices.
  public var usage: Usage
  /// Sent as null when the server does not tell.
  public var metrics: RequestMetrics?
  /// With `return_token_ids`.
  public var promptTokenIDs: [UInt32]?
  /// UTF-8, not escaped, with `return_prompt_text`.
  public var promptText: [UInt8]?

  /// An answer.
  public init(identity: ResponseIdentity, choices: [ChatChoice], usage: Usage) {
    self.identity = identity
    self.choices = choices
    self.usage = usage
  }

  /// Appends the body.
  public func encode(into buffer: inout [UInt8]) {
    buffer.reserveCapacity(buffer.count + 700 + choices.reduce(0) { $0 + $1.escapedContent.count + 300 })
    buffer.appendRaw(#"{"id":"#)
    buffer.appendJSON(identity.id)
    buffer.appendRaw(#","object":"chat.completion","created":"#)
    buffer.appendJSON(identity.created)
    buffer.appendRaw(#","model":"#)
    buffer.appendJSON(identity.model)
    buffer.appendRaw(#","choices":["#)
    var isFirst = true
    for choice in choices {
      if !isFirst { buffer.append(UInt8(ascii: ",")) }
      isFirst = false
      choice.encode(into: &buffer)
    }
    buffer.appendRaw(#"],"service_tier":null,"system_fingerprint":"#)
    buffer.appendJSON(optional: identity.systemFingerprint)
    buffer.appendRaw(#","usage":"#)
    usage.encode(into: &buffer)
    buffer.appendRaw(#","prompt_logprobs":null,"prompt_token_ids":"#)
    buffer.appendTokenIDs(promptTokenIDs?[...])
    buffer.appendRaw(#","prompt_text":"#)
    if let promptText { buffer.appendJSON(utf8: promptText[...]) } else { buffer.appendRaw("null") }
    buffer.appendRaw(#","kv_transfer_params":null,"ec_transfer_params":null,"metrics":"#)
    if let metrics { metrics.encode(into: &buffer) } else { buffer.appendRaw("null") }
    buffer.append(UInt8(ascii: "}"))
  }
}

extension ChatChoice {
  fileprivate func encode(into buffer: inout [UInt8]) {
    buffer.appendRaw(#"{"index":"#)
    buffer.appendJSON(index)
    buffer.appendRaw(#","message":{"role":"#)
    buffer.appendJSON(role)
    buffer.appendRaw(#","content":""#)
    buffer.append(contentsOf: escapedContent)
    buffer.appendRaw(#"","refusal":null,"annotations":null,"audio":null,"function_call":null,"reasoning":null"#)
    if hasOlderFields { buffer.appendRaw(#","tool_calls":[],"reasoning_content":null"#) }
    buffer.appendRaw(#"},"logprobs":"#)
    if let logprobs { logprobs.encode(into: &buffer) } else { buffer.appendRaw("null") }
    buffer.append(UInt8(ascii: ","))
    finishReason.encode(into: &buffer)
    buffer.appendRaw(#","token_ids":"#)
    buffer.appendTokenIDs(tokenIDs?[...])
    buffer.appendRaw(#","routed_experts":null,"weight_versions":null}"#)
  }
}
