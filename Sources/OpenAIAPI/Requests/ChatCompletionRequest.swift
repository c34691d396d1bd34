/// The body of `POST /v1/chat/completions` (vLLM 0.33, chat completions).
public struct ChatCompletionRequest: Equatable, Sendable {
  /// nil means the server's default model.
  public var model: String?
  /// At least one.
  public var messages: [ChatMessage]
  /// How text is made.
  public var sampling = SamplingOptions()
  /// How the request is treated and what the answer shows.
  public var options = RequestOptions()
  /// The answer carries logprobs.
  public var logprobs = false
  /// Alternatives per token, with `logprobs` only.
  public var topLogprobs = 0
  /// The last message comes before the text when it has the answer's role.
  public var echo = false
  /// The prompt ends with the beginning of an answer.
  public var addGenerationPrompt = true
  /// The answer continues the last message.
  public var continueFinalMessage = false

  /// A request for one answer to `messages`.
  public init(model: String? = nil, messages: [ChatMessage]) {
    self.model = model
    self.messages = messages
  }
}
