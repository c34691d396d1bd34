internal import JSON

/// One choice of a completion's whole answer.
public struct CompletionChoice: Sendable {
  /// Prompt index times `n` plus the number of the choice.
  public var index: Int
  /// UTF-8 already escaped for a JSON string; with `echo` the prompt is part of it.
  public var escapedText: [UInt8]
  /// With `logprobs`; nil is sent as null.
  public var logprobs: CompletionLogprobs?
  /// Why the choice ended.
  public var finishReason: ChoiceFinishReason
  /// With `return_token_ids`.
  public var tokenIDs: [UInt32]?
  /// With `return_token_ids`.
  public var promptTokenIDs: [UInt32]?

  /// A choice without logprobs and token ids.
  public init(index: Int, escapedText: [UInt8], finishReason: ChoiceFinishReason) {
    self.index = index
    self.escapedText = escapedText
    self.finishReason = finishReason
  }
}

/// The whole answer of `POST /v1/completions` (vLLM 0.33: every key is there, null when unused).
public struct CompletionResponse: Sendable {
  /// Id, time and model.
  public var identity: ResponseIdentity
  /// Prompt by prompt.
  public var choices: [CompletionChoice]
  /// Counts over all prompts and choices.
  public var usage: Usage
  /// Sent as null when the server does not tell.
  public var metrics: RequestMetrics?

  /// An answer.
  public init(identity: ResponseIdentity, choices: [CompletionChoice], usage: Usage) {
    self.identity = identity
    self.choices = choices
    self.usage = usage
  }

  /// Appends the body.
  public func encode(into buffer: inout [UInt8]) {
    buffer.reserveCapacity(buffer.count + 500 + choices.reduce(0) { $0 + $1.escapedText.count + 250 })
    buffer.appendRaw(#"{"id":"#)
    buffer.appendJSON(identity.id)
    buffer.appendRaw(#","object":"text_completion","created":"#)
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
    buffer.appendRaw(#","kv_transfer_params":null,"ec_transfer_params":null,"metrics":"#)
    if let metrics { metrics.encode(into: &buffer) } else { buffer.appendRaw("null") }
    buffer.append(UInt8(ascii: "}"))
  }
}

extension CompletionChoice {
  fileprivate func encode(into buffer: inout [UInt8]) {
    buffer.appendRaw(#"{"index":"#)
    buffer.appendJSON(index)
    buffer.appendRaw(#","text":""#)
    buffer.append(contentsOf: escapedText)
    buffer.appendRaw(#"","logprobs":"#)
    if let logprobs { logprobs.encode(into: &buffer) } else { buffer.appendRaw("null") }
    buffer.append(UInt8(ascii: ","))
    finishReason.encode(into: &buffer)
    buffer.appendRaw(#","token_ids":"#)
    buffer.appendTokenIDs(tokenIDs?[...])
    buffer.appendRaw(#","prompt_logprobs":null,"prompt_token_ids":"#)
    buffer.appendTokenIDs(promptTokenIDs?[...])
    buffer.appendRaw(#","routed_experts":null,"weight_versions":null}"#)
  }
}
