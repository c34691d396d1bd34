/// One prompt of a completion request; never empty when it comes from a decoder.
public enum CompletionPrompt: Equatable, Sendable {
  /// UTF-8 text.
  case text([UInt8])
  /// Token ids, taken as they are.
  case tokenIDs([UInt32])
}

/// The body of `POST /v1/completions` (vLLM 0.33, completions).
public struct CompletionRequest: Equatable, Sendable {
  /// nil means the server's default model.
  public var model: String?
  /// At least one; choices are numbered prompt by prompt.
  public var prompts: [CompletionPrompt]
  /// How text is made.
  public var sampling = SamplingOptions()
  /// How the request is treated and what the answer shows.
  public var options = RequestOptions()
  /// Alternatives per token; nil means no logprobs, 0 only the token itself.
  public var logprobs: Int?
  /// The prompt comes before the text; with a maximum of 0 only the prompt comes back.
  public var echo = false

  /// A request for one answer to `prompts`.
  public init(model: String? = nil, prompts: [CompletionPrompt]) {
    self.model = model
    self.prompts = prompts
  }
}
