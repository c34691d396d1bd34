/// The stop strings and stop tokens of a request (vLLM 0.33, sampling parameters `stop` and `stop_token_ids`).
struct StopConditions {
  private let strings: [String]
  private let tokenIDs: Set<UInt32>
  private let minTokens: Int
  private let includeStop: Bool

  init(_ request: GenerationRequest) {
    strings = request.stop.filter { !$0.isEmpty }
    tokenIDs = Set(request.stopTokenIDs)
    minTokens = max(0, request.minTokens)
    includeStop = request.includeStopInOutput
  }

  /// Where an output ends early.
  private struct Cut {
    /// The last token that counts.
    let token: Int
    /// The bytes of text that clients see.
    let textLength: Int
    let match: StopMatch
  }

  /// `output` up to the first match that a token after the first `minTokens` completes, with the text cut there.
  ///
  /// The token that completes the match counts, and so does a stop token, although its text is left out too.
  func applied(to output: GeneratedOutput) -> GeneratedOutput {
    let text = OutputText(output.tokens)
    let stopToken = firstStopToken(in: output.tokens)
    guard let cut = stringCut(in: text, before: stopToken ?? text.ends.count) ?? stopToken.map({ cut(at: $0, text) })
    else { return output }
    return GeneratedOutput(
      tokens: text.tokens(through: cut.token, textLength: cut.textLength), finishReason: .stopMatched(cut.match))
  }

  private func firstStopToken(in tokens: TokenSequence) -> Int? {
    guard !tokenIDs.isEmpty, minTokens < tokens.count else { return nil }
    return (minTokens..<tokens.count).first { tokenIDs.contains(tokens.id(at: $0)) }
  }

  private func cut(at token: Int, _ text: OutputText) -> Cut {
    Cut(token: token, textLength: text.end(includeStop ? token + 1 : token), match: .token(text.ids[token]))
  }

  /// The match that is complete first; of several complete with the same token, the first in the request's list.
  private func stringCut(in text: OutputText, before limit: Int) -> Cut? {
    guard minTokens < limit else { return nil }
    let haystack = text.bytes[..<text.end(limit)]
    var best: Cut?
    for string in strings {
      let pattern = BytePattern(Array(string.utf8))
      guard let match = pattern.firstMatch(in: haystack, endingAfter: text.end(minTokens)) else { continue }
      let token = text.token(completing: match.upperBound)
      if let best, best.token <= token { continue }
      best = Cut(
        token: token, textLength: includeStop ? match.upperBound : match.lowerBound, match: .string(string))
    }
    return best
  }
}
