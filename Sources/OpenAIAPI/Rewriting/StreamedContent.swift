internal import JSON

/// Tells events that bring something generated from those that only open or close a stream.
enum StreamedContent {
  /// The event has text, reasoning or a tool call: OpenAI's chunks, Anthropic's deltas, the Responses API's deltas.
  static func isPresent(in event: JSONValue) -> Bool {
    for (key, value) in event.members {
      switch key {
      case "choices": for choice in value.elements where isPresent(inChoice: choice) { return true }
      // Anthropic's `content_block_delta` has an object here, the Responses API's `….delta` events a string.
      case "delta": if isPresent(inDelta: value) { return true }
      default: break
      }
    }
    return false
  }

  private static func isPresent(inChoice choice: JSONValue) -> Bool {
    for (key, value) in choice.members {
      switch key {
      case "text": if value.isText { return true }
      case "delta": if isPresent(inDelta: value) { return true }
      default: break
      }
    }
    return false
  }

  private static func isPresent(inDelta delta: JSONValue) -> Bool {
    if delta.isText { return true }
    for (key, value) in delta.members {
      switch key {
      case "content", "reasoning", "reasoning_content", "text", "thinking", "partial_json":
        if value.isText { return true }
      case "tool_calls": if value.kind == .array, value.count > 0 { return true }
      default: break
      }
    }
    return false
  }
}

extension JSONValue {
  /// A string that is not empty.
  fileprivate var isText: Bool { withUTF8 { !$0.isEmpty } }
}
