internal import EndpointPicking
internal import JSON

extension PickRequest {
  /// Takes from a request's body what prefix matching looks at: `prefixText`, `cacheSalt` and `isMultimodal`.
  ///
  /// The text is the prompt of a completion, strings of a list with blanks between them, and otherwise compact JSON:
  /// of the messages, with role and content each; of instructions, tools and input; of the items; of the input (GIE
  /// v1.5, prefix matching). Only its first `limit` bytes are taken, and no more are copied.
  mutating func takePrompt(from body: JSONValue, as form: PromptForm, limit: Int) {
    var text = PrefixText(limit: limit, expected: bodyBytes)
    switch form {
    case .completions:
      if let prompt = body.member("prompt") { text.write(prompt: prompt) }
    case .chatCompletions:
      if let messages = body.member("messages") {
        text.write(messages: messages)
        isMultimodal = Self.isMultimodal(messages)
      }
    case .responses:
      text.write(
        objects: [
          ("instructions", body.member("instructions")), ("tools", body.member("tools")),
          ("input", body.member("input")),
        ])
    case .conversations:
      if let items = body.member("items") { text.write(items) }
    case .embeddings:
      if let input = body.member("input") { text.write(input) }
    }
    prefixText = text.finish()
    cacheSalt = body.member("cache_salt")?.string ?? ""
  }

  private static func isMultimodal(_ messages: JSONValue) -> Bool {
    for message in messages.elements {
      guard let content = message.member("content"), content.kind == .array else { continue }
      for part in content.elements {
        let isOther = part.member("type")?.withUTF8 { type in
          mediaTypes.contains { $0.utf8CodeUnitCount == type.count && type.elementsEqual($0.bytes) }
        }
        if isOther == true { return true }
      }
    }
    return false
  }

  private static let mediaTypes: [StaticString] = ["image_url", "video_url", "input_audio"]
}

extension StaticString {
  fileprivate var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
