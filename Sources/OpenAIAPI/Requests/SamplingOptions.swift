/// What a request says about how text is made; valid by construction when it comes from a decoder.
public struct SamplingOptions: Equatable, Sendable {
  /// The most tokens to generate, 1 or more; nil means the rest of the context. 0 only together with `echo` on
  /// completions: the prompt comes back and nothing is generated.
  public var maxTokens: Int?
  /// No end of sequence and no stop match before this many tokens; 0 or more, at most `maxTokens`.
  public var minTokens = 0
  /// Choices per prompt; 1 or more.
  public var n = 1
  /// Generation goes on to the maximum.
  public var ignoreEOS = false
  /// Strings that end the text; none is empty.
  public var stop: [String] = []
  /// Token ids that end the text.
  public var stopTokenIDs: [UInt32] = []
  /// The text keeps the stop string that ended it.
  public var includeStopStrInOutput = false
  /// Makes the answer reproducible.
  public var seed: Int64?
  /// 0 to 2; 0 means greedy. Has no effect on made-up text.
  public var temperature: Double?
  /// Above 0, at most 1. Has no effect on made-up text.
  public var topP: Double?

  /// vLLM's defaults.
  public init() {}
}

/// What a request says about how it is treated and what its answer shows, common to chat and completions.
public struct RequestOptions: Equatable, Sendable {
  /// The answer is a stream of server-sent events.
  public var stream = false
  /// Only with `stream`.
  public var streamOptions = StreamOptions()
  /// Tokens per frame after the first, 1 or more; nil means the server's own.
  public var streamInterval: Int?
  /// The answer carries `token_ids` and `prompt_token_ids`.
  public var returnTokenIDs = false
  /// Logprobs show tokens as `token_id:<n>`; nil means the server's own.
  public var returnTokensAsTokenIDs: Bool?
  /// The answer of a chat carries `prompt_text`.
  public var returnPromptText = false
  /// Lower is earlier, where the scheduler has priorities.
  public var priority = 0
  /// The client's own id for the request.
  public var requestID: String?
  /// The conversation that the request belongs to.
  public var sessionID: String?
  /// Keeps prefixes of different salts apart; not empty.
  public var cacheSalt: String?
  /// The end user, as the client calls them.
  public var user: String?

  /// vLLM's defaults.
  public init() {}
}
