/// Names one sequence inside an engine; chosen by the caller and unique among the engine's live requests.
public struct RequestID: Hashable, Sendable {
  public var value: UInt64
  public init(_ value: UInt64) { self.value = value }
}

/// One sequence to generate. A request with `n` choices or several prompts is several of these.
public struct GenerationRequest: Sendable {
  public var id: RequestID
  /// The prompt's tokens as the engine's tokenizer made them (see `Tokenizer`).
  public var prompt: TokenSequence
  /// What echo mode gives back when it is not the prompt (for chat: the last message); nil echoes the prompt.
  public var echo: TokenSequence?
  /// The LoRA adapter's name; nil for the base model.
  public var adapter: String?
  /// The most tokens to generate; nil means the rest of the context.
  public var maxTokens: Int?
  public var minTokens = 0
  public var ignoreEOS = false
  public var stop: [String] = []
  public var stopTokenIDs: [UInt32] = []
  public var includeStopInOutput = false
  /// Makes the text of this request independent of every other request.
  public var seed: UInt64?

  public init(id: RequestID, prompt: TokenSequence) {
    self.id = id
    self.prompt = prompt
  }
}
