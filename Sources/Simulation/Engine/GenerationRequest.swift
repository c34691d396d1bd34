/// Names one sequence inside an engine; chosen by the caller and unique among the engine's live requests.
public struct RequestID: Hashable, Sendable {
  /// Any number.
  public var value: UInt64
  /// The id with that number.
  public init(_ value: UInt64) { self.value = value }
}

/// One sequence to generate. A request with `n` choices or several prompts is several of these.
public struct GenerationRequest: Sendable {
  /// Names the request in all that is said of it.
  public var id: RequestID
  /// The number of tokens of the prompt; random text needs no more of it.
  public var promptTokens: Int
  /// What echo mode gives back; nil is an empty echo.
  public var echo: TokenSequence?
  /// The LoRA adapter's name; nil for the base model.
  public var adapter: String?
  /// The most tokens to generate; nil means the rest of the context.
  public var maxTokens: Int?
  /// The fewest tokens to generate; an end before that is not drawn and stops do not count.
  public var minTokens = 0
  /// Generate as many tokens as the maximum allows.
  public var ignoreEOS = false
  /// Strings that end the output; empty ones do nothing.
  public var stop: [String] = []
  /// Tokens that end the output.
  public var stopTokenIDs: [UInt32] = []
  /// Keep the stop string or token in the text.
  public var includeStopInOutput = false
  /// Makes the text of this request independent of every other request.
  public var seed: UInt64?

  /// A request for the base model without limits of its own.
  public init(id: RequestID, promptTokens: Int) {
    self.id = id
    self.promptTokens = promptTokens
  }

  /// A request that echo mode answers with its prompt.
  public init(id: RequestID, prompt: TokenSequence) {
    self.init(id: id, promptTokens: prompt.count)
    echo = prompt
  }
}
