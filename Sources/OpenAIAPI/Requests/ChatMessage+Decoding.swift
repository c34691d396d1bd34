internal import JSON

extension ChatMessage {
  /// The messages of a chat or tokenize request.
  static func decodeAll(_ value: JSONValue) throws(APIError) -> [ChatMessage] {
    guard value.kind == .array else { throw value.mismatch("messages", expected: "an array of messages") }
    var messages: [ChatMessage] = []
    messages.reserveCapacity(value.count)
    for element in value.elements { messages.append(try ChatMessage(element, messages.count)) }
    return messages
  }

  private init(_ value: JSONValue, _ index: Int) throws(APIError) {
    guard value.kind == .object else { throw value.mismatch("messages.\(index)", expected: "an object") }
    self.init(role: "", text: [])
    var hasRole = false
    for (key, value) in value.members {
      switch key {
      case "role":
        role = try value.requiredString("messages.\(index).role")
        hasRole = true
      case "content": text = try Self.content(value, index)
      case "tool_calls": toolCalls = try Self.toolCalls(value, index)
      case "tool_call_id": toolCallID = try value.optionalString("messages.\(index).tool_call_id")
      case "name": name = try value.optionalString("messages.\(index).name")
      case "reasoning", "reasoning_content": _ = try value.optionalString("messages.\(index).\(key.string)")
      default: break
      }
    }
    if !hasRole { throw .missingField("messages.\(index).role") }
  }

  private static func content(_ value: JSONValue, _ index: Int) throws(APIError) -> [UInt8] {
    switch value.kind {
    case .null: return []
    case .string: return try value.requiredUTF8("messages.\(index).content")
    case .array: break
    default: throw value.mismatch("messages.\(index).content", expected: "a string or an array of content parts")
    }
    var text: [UInt8] = []
    var position = 0
    for part in value.elements {
      if position > 0 { text.append(UInt8(ascii: "\n")) }
      try appendPart(part, to: &text, "messages.\(index).content.\(position)")
      position += 1
    }
    return text
  }

  private static func appendPart(
    _ part: JSONValue, to text: inout [UInt8], _ field: @autoclosure () -> String
  ) throws(APIError) {
    if part.kind == .string {
      part.withUTF8 { text.append(contentsOf: $0) }
      return
    }
    guard part.kind == .object else { throw part.mismatch(field(), expected: "a content part") }
    guard let type = part.member("type") else { throw .missingField("\(field()).type") }
    let name = try type.requiredString("\(field()).type")
    let value: JSONValue?
    switch name {
    case "text", "input_text", "output_text": value = part.member("text")
    case "refusal": value = part.member("refusal")
    case "image_url", "image_pil", "image_embeds", "input_image", "image", "input_audio", "audio_url", "audio_embeds",
      "video_url", "file":
      throw .notAvailableYet(field(), "content of type `\(name)` (`\(field())`)")
    default: throw .badRequest("Unknown content part type `\(name)` at `\(field())`.", param: field())
    }
    let key = name == "refusal" ? "refusal" : "text"
    guard let value else { throw .missingField("\(field()).\(key)") }
    guard value.kind == .string else { throw value.mismatch("\(field()).\(key)", expected: "a string") }
    value.withUTF8 { text.append(contentsOf: $0) }
  }

  private static func toolCalls(_ value: JSONValue, _ index: Int) throws(APIError) -> [ToolCall] {
    var calls: [ToolCall] = []
    try value.checkArray("messages.\(index).tool_calls") { (call, position) throws(APIError) in
      let field = "messages.\(index).tool_calls.\(position)"
      guard call.kind == .object else { throw call.mismatch(field, expected: "an object") }
      guard let function = call.member("function") else { throw .missingField("\(field).function") }
      guard function.kind == .object else { throw function.mismatch("\(field).function", expected: "an object") }
      guard let name = function.member("name") else { throw .missingField("\(field).function.name") }
      var arguments: [UInt8] = []
      if let value = function.member("arguments"), !value.isNull {
        arguments = try value.requiredUTF8("\(field).function.arguments")
      }
      calls.append(ToolCall(name: try name.requiredString("\(field).function.name"), arguments: arguments))
    }
    return calls
  }
}
