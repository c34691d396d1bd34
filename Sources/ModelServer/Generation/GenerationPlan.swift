internal import OpenAIAPI
internal import Simulation

/// A validated inference request, ready for an engine.
///
/// Immutable, and a class because the job and its answer both hold it: one reference is cheaper than a dozen fields.
final class GenerationPlan: Sendable {
  /// What only chats or only completions have.
  enum Shape: Sendable {
    case chat(ChatShape)
    case completion(CompletionShape)
  }

  struct ChatShape: Sendable {
    var role: String
    /// Entries of `top_logprobs` per token; nil for no logprobs.
    var topLogprobs: Int?
    /// Comes before the answer (`echo`, `continue_final_message`).
    var echoedContent: [UInt8]?
    /// With `return_prompt_text`.
    var promptText: [UInt8]?
  }

  struct CompletionShape: Sendable {
    /// Alternatives per token; nil for no logprobs.
    var logprobs: Int?
    /// The prompts, of which each precedes its choices' text.
    var echoedPrompts: [TokenSequence]?
    /// Only the prompt was asked for (`echo` with a maximum of 0).
    var promptOnly = false
  }

  let model: Int
  let requestID: String
  let identity: ResponseIdentity
  let options: RequestOptions
  let shape: Shape
  /// Choices per prompt.
  let choices: Int
  /// Tokens of each prompt.
  let promptTokens: [Int]
  /// With `return_token_ids`: the ids of each prompt.
  let promptTokenIDs: [[UInt32]]?
  /// How a whole answer reports the engine's load; nil when it does not.
  let loadReport: LoadReport.Format?
  /// The number of choices of all prompts.
  let sequenceCount: Int

  init(
    model: Int, requestID: String, identity: ResponseIdentity, options: RequestOptions, shape: Shape, choices: Int,
    promptTokens: [Int], promptTokenIDs: [[UInt32]]?, loadReport: LoadReport.Format?
  ) {
    self.model = model
    self.requestID = requestID
    self.identity = identity
    self.options = options
    self.shape = shape
    self.choices = choices
    self.promptTokens = promptTokens
    self.promptTokenIDs = promptTokenIDs
    self.loadReport = loadReport
    sequenceCount = promptTokens.count * choices
  }

  /// Prompt tokens as usage counts them: each prompt once, however many choices it has.
  var totalPromptTokens: Int { promptTokens.reduce(0, +) }

  /// The prompt that sequence `index` belongs to.
  func prompt(of index: Int) -> Int { index / choices }
}
