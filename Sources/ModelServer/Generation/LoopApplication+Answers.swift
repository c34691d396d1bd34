internal import JSON
internal import OpenAIAPI
internal import Simulation

/// What answers need of the loop they are written on.
extension LoopApplication {
  /// The escaped pieces of an output: the pool's were rendered once, others are rendered here.
  func pieces(of output: GeneratedOutput) -> EscapedPieces {
    output.tokens.table === SentencePool.standard.table ? poolPieces : .rendering(output.tokens.table)
  }

  /// Makes tokens known to `/detokenize`, because their ids are about to be sent.
  func remember(_ sequences: [TokenSequence]) {
    state.seenTokens.withLock { memory in for tokens in sequences { memory.remember(tokens) } }
  }

  /// Logprobs show tokens as `token_id:<n>`.
  func showsTokenIDs(_ plan: GenerationPlan) -> Bool {
    plan.options.returnTokensAsTokenIDs ?? state.configuration.api.returnTokensAsTokenIDs
  }
}

extension EscapedPieces {
  /// The escaped forms of a table's pieces.
  static func rendering(_ table: TokenTable) -> EscapedPieces { EscapedPieces(count: table.count, table.piece) }
}

extension GenerationPlan {
  /// Only the prompt was asked for: what is generated is thrown away.
  var isPromptOnly: Bool {
    if case .completion(let shape) = shape { shape.promptOnly } else { false }
  }
}

extension TokenSequence {
  var generatedTokens: [GeneratedToken] {
    (0..<count).map { GeneratedToken(id: id(at: $0), text: piece(at: $0)) }
  }
}

extension [UInt8] {
  /// Appends UTF-8 text, escaped for the inside of a JSON string.
  mutating func appendEscapedText(_ text: [UInt8]) { appendEscaped(utf8: text[...]) }
}
