internal import JSON

/// Token counts of an answer.
public struct Usage: Equatable, Sendable {
  /// Tokens of the prompt; over several prompts, their sum.
  public var promptTokens: Int
  /// Tokens generated, over all choices.
  public var completionTokens: Int
  /// Prompt tokens that came from the prefix cache.
  public var cachedTokens: Int

  /// Counts of a finished or running answer.
  public init(promptTokens: Int, completionTokens: Int, cachedTokens: Int = 0) {
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
    self.cachedTokens = cachedTokens
  }

  /// Appends the object of a whole reply: every key, null when unused (vLLM 0.33, chat completions).
  func encode(into buffer: inout [UInt8]) {
    encodeCounts(into: &buffer)
    buffer.appendRaw(#","completion_tokens_details":null}"#)
  }

  /// Appends the object of a stream frame: unset keys are left out (vLLM 0.33, streaming rules).
  func encodeForStream(into buffer: inout [UInt8]) {
    encodeCounts(into: &buffer)
    buffer.append(UInt8(ascii: "}"))
  }

  private func encodeCounts(into buffer: inout [UInt8]) {
    buffer.appendRaw(#"{"prompt_tokens":"#)
    buffer.appendJSON(promptTokens)
    buffer.appendRaw(#","total_tokens":"#)
    buffer.appendJSON(promptTokens + completionTokens)
    buffer.appendRaw(#","completion_tokens":"#)
    buffer.appendJSON(completionTokens)
    buffer.appendRaw(#","prompt_tokens_details":{"cached_tokens":"#)
    buffer.appendJSON(cachedTokens)
    buffer.append(UInt8(ascii: "}"))
  }
}
