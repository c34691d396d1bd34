internal import JSON

/// The token counts that an answer reports; nil where it says nothing.
public struct ReportedUsage: Equatable, Sendable {
  /// OpenAI's `prompt_tokens`, or Anthropic's and the Responses API's `input_tokens`.
  public var promptTokens: Int?
  /// OpenAI's `completion_tokens`, or Anthropic's and the Responses API's `output_tokens`.
  public var completionTokens: Int?
  /// `cached_tokens` of `prompt_tokens_details` or `input_tokens_details`.
  public var cachedTokens: Int?

  /// Gathers the parts.
  public init(promptTokens: Int? = nil, completionTokens: Int? = nil, cachedTokens: Int? = nil) {
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
    self.cachedTokens = cachedTokens
  }

  /// Reads a `usage` object; nil for anything that has no count. Counts are integers from 0 on; others are not there.
  init?(_ value: JSONValue) {
    self.init()
    for (key, value) in value.members {
      switch key {
      case "prompt_tokens", "input_tokens": promptTokens = value.tokenCount ?? promptTokens
      case "completion_tokens", "output_tokens": completionTokens = value.tokenCount ?? completionTokens
      case "prompt_tokens_details", "input_tokens_details":
        cachedTokens = value.member("cached_tokens")?.tokenCount ?? cachedTokens
      default: break
      }
    }
    if self == ReportedUsage() { return nil }
  }

  /// Takes over what `later` says.
  mutating func update(with later: ReportedUsage) {
    promptTokens = later.promptTokens ?? promptTokens
    completionTokens = later.completionTokens ?? completionTokens
    cachedTokens = later.cachedTokens ?? cachedTokens
  }
}

extension JSONValue {
  fileprivate var tokenCount: Int? {
    guard case .exact(let value) = integer, value >= 0 else { return nil }
    return Int(value)
  }
}
