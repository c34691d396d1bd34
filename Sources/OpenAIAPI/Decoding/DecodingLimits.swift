/// Bounds that validation applies; the defaults are vLLM's.
public struct DecodingLimits: Equatable, Sendable {
  /// Most alternatives per token (`--max-logprobs`); -1 lifts the limit up to `logprobsCeiling`.
  public var maxLogprobs = 20
  /// Most `stop` strings (VLLM_MAX_STOP_STRINGS).
  public var maxStopStrings = 4
  /// Most prompts in one completion request (VLLM_MAX_COMPLETION_PROMPTS).
  public var maxPrompts = 1024
  /// Most choices per prompt (VLLM_MAX_N_SEQUENCES).
  public var maxChoices = 16384
  /// Most prompts times choices; bounds what one request can occupy.
  public var maxSequences = 16384

  /// Alternatives per token that even `maxLogprobs` -1 does not exceed, as each is text in the answer.
  public static let logprobsCeiling = 1000

  /// vLLM's defaults.
  public init() {}

  /// The largest `logprobs` in force.
  var effectiveMaxLogprobs: Int { maxLogprobs < 0 ? Self.logprobsCeiling : min(maxLogprobs, Self.logprobsCeiling) }
}
