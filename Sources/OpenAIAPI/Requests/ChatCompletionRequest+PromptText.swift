extension [ChatMessage] {
  /// The conversation as prompt text (llm-d-inference-sim, simple tokenizer): for every message `### `, the role, the
  /// call id of a tool's answer in parentheses, `: `, the text with `[name(arguments)]` for every call, and a newline.
  public var promptText: [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(reduce(0) { $0 + $1.text.count + 24 })
    for message in self {
      text.append(contentsOf: "### ".utf8)
      text.append(contentsOf: message.role.utf8)
      if let id = message.toolCallID {
        text.append(UInt8(ascii: "("))
        text.append(contentsOf: id.utf8)
        text.append(UInt8(ascii: ")"))
      }
      text.append(contentsOf: ": ".utf8)
      message.appendText(to: &text)
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }
}

extension ChatMessage {
  /// The message's own part of the prompt: text and tool calls, without role and separators.
  func appendText(to buffer: inout [UInt8]) {
    buffer.append(contentsOf: text)
    for call in toolCalls {
      buffer.append(UInt8(ascii: "["))
      buffer.append(contentsOf: call.name.utf8)
      buffer.append(UInt8(ascii: "("))
      buffer.append(contentsOf: call.arguments)
      buffer.append(contentsOf: ")]".utf8)
    }
  }
}

extension ChatCompletionRequest {
  /// The conversation as prompt text; see `[ChatMessage].promptText`.
  public var promptText: [UInt8] { messages.promptText }

  /// What echo mode answers: the last message of any role, without role and separators (llm-d-inference-sim, echo).
  public var echoText: [UInt8] {
    var text: [UInt8] = []
    messages.last?.appendText(to: &text)
    return text
  }

  /// What comes before the answer with `echo` or `continue_final_message`: the last message's text when its role is
  /// `responseRole`, else nil (vLLM 0.33, streaming rules).
  public func echoedContent(responseRole: String) -> [UInt8]? {
    guard echo || continueFinalMessage, let last = messages.last, last.role == responseRole else { return nil }
    return last.text
  }
}
