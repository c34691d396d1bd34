public import Simulation

/// What is known of a choice when its last token is out. A request with `n` choices or several prompts is several.
public struct RequestRecord: Sendable, Equatable {
  /// When the server had read the request.
  public var arrival: Instant
  /// When it left the queue for the first time.
  public var scheduled: Instant
  /// When the first token was out.
  public var firstToken: Instant
  /// When the last token was out; not before `firstToken`.
  public var lastToken: Instant
  /// At least 1.
  public var promptTokens: Int
  /// Tokens of this choice.
  public var generationTokens: Int
  /// The maximum in force, the rest of the context included; nil when there was none.
  public var maxTokens: Int?
  /// Why it ended.
  public var reason: FinishedReason
  /// How often it lost its KV blocks.
  public var preemptions: Int
  /// Set on the choice that ends last of its prompt; nil on the others. With one choice that is always this one.
  public var completes: RequestCompletion?

  /// A finished choice; see the properties.
  public init(
    arrival: Instant, scheduled: Instant, firstToken: Instant, lastToken: Instant,
    promptTokens: Int, generationTokens: Int, maxTokens: Int?,
    reason: FinishedReason, preemptions: Int = 0, completes: RequestCompletion?
  ) {
    self.arrival = arrival
    self.scheduled = scheduled
    self.firstToken = firstToken
    self.lastToken = lastToken
    self.promptTokens = promptTokens
    self.generationTokens = generationTokens
    self.maxTokens = maxTokens
    self.reason = reason
    self.preemptions = preemptions
    self.completes = completes
  }
}

/// What vLLM observes once for all choices of a prompt.
public struct RequestCompletion: Sendable, Equatable {
  /// The number of choices asked for.
  public var n: Int
  /// The tokens of the longest choice.
  public var maxGenerationTokens: Int

  /// The end of all choices of a prompt.
  public init(n: Int, maxGenerationTokens: Int) {
    self.n = n
    self.maxGenerationTokens = maxGenerationTokens
  }
}
