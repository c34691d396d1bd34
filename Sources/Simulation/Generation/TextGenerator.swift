/// Makes the whole answer to a request.
struct TextGenerator: Sendable {
  let mode: GenerationMode
  let maxModelLen: Int
  let pool = SentencePool.standard

  /// The answer to `request`; at least one token long.
  ///
  /// `capacityTokens` is what all KV blocks hold: it ends a sequence as the end of the context does.
  func output(
    for request: GenerationRequest, capacityTokens: Int, using generator: inout SplitMix64
  ) -> GeneratedOutput {
    let output =
      switch mode {
      case .random: random(for: request, capacityTokens: capacityTokens, using: &generator)
      case .echo: echo(of: request, capacityTokens: capacityTokens)
      }
    if request.stop.isEmpty, request.stopTokenIDs.isEmpty { return output }
    return StopConditions(request).applied(to: output)
  }

  private func random(
    for request: GenerationRequest, capacityTokens: Int, using generator: inout SplitMix64
  ) -> GeneratedOutput {
    let room = max(1, min(maxModelLen, capacityTokens) - request.promptTokens)
    let maximum = max(1, min(request.maxTokens ?? room, room))
    var length: Int
    if request.ignoreEOS {
      length = maximum
    } else if request.maxTokens != nil {
      length = OutputLength.draw(givenMaximum: maximum, using: &generator)
    } else {
      length = OutputLength.draw(room: maximum, using: &generator)
    }
    length = max(length, min(request.minTokens, maximum))
    return GeneratedOutput(
      tokens: TokenSequence(table: pool.table, indexes: pool.text(tokens: length, using: &generator)),
      finishReason: length == maximum ? .length : .stop)
  }

  /// All of the echo, whatever the maximum; only the KV cache can cut it.
  private func echo(of request: GenerationRequest, capacityTokens: Int) -> GeneratedOutput {
    // Something must be said: an empty echo is one empty token.
    var tokens = request.echo ?? TokenSequence(ids: [0])
    if tokens.count == 0 { tokens = TokenSequence(ids: [0]) }
    let room = max(1, capacityTokens - request.promptTokens)
    guard tokens.count <= room else {
      tokens.indexes.removeSubrange(room...)
      return GeneratedOutput(tokens: tokens, finishReason: .length)
    }
    let full = request.maxTokens.map { $0 <= tokens.count } ?? false
    return GeneratedOutput(tokens: tokens, finishReason: full ? .length : .stop)
  }
}
