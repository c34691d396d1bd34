internal import JSON

/// `logprobs` of a completion choice or of one of its frames.
public struct CompletionLogprobs: Sendable {
  /// The tokens to describe, in order.
  public var tokens: ArraySlice<GeneratedToken>
  /// Position of the first token in the whole text; 0 or more.
  public var firstPosition: Int
  /// Characters of text before the first token.
  public var firstOffset: Int
  /// Entries of `top_logprobs` per token, the token itself included; 0 counts as 1, as in vLLM.
  public var count: Int
  /// Tokens are shown as `token_id:<n>`.
  public var asTokenIDs: Bool
  /// The first token is the prompt's first (`echo`), which has no probability.
  public var firstIsNull: Bool

  /// Logprobs of `tokens`.
  public init(
    tokens: ArraySlice<GeneratedToken>, firstPosition: Int = 0, firstOffset: Int = 0, count: Int = 1,
    asTokenIDs: Bool = false, firstIsNull: Bool = false
  ) {
    self.tokens = tokens
    self.firstPosition = firstPosition
    self.firstOffset = firstOffset
    self.count = count
    self.asTokenIDs = asTokenIDs
    self.firstIsNull = firstIsNull
  }

  /// Characters of text behind the last token: the `firstOffset` of the next frame.
  public var endOffset: Int { tokens.reduce(firstOffset) { $0 + Self.characters($1.text) } }

  /// Unicode scalars in UTF-8 text, which is what Python counts.
  private static func characters(_ text: ArraySlice<UInt8>) -> Int {
    text.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }

  /// Appends `{"text_offset","token_logprobs","tokens","top_logprobs"}`.
  func encode(into buffer: inout [UInt8]) {
    buffer.appendRaw(#"{"text_offset":["#)
    var offset = firstOffset
    encodeList(into: &buffer) { token, _, buffer in
      buffer.appendJSON(offset)
      offset += Self.characters(token.text)
    }
    buffer.appendRaw(#"],"token_logprobs":["#)
    encodeList(into: &buffer) { _, position, buffer in
      if isNull(position) {
        buffer.appendRaw("null")
      } else {
        SyntheticLogprob.encode(position: position, rank: 0, into: &buffer)
      }
    }
    buffer.appendRaw(#"],"tokens":["#)
    encodeList(into: &buffer) { token, _, buffer in
      buffer.append(UInt8(ascii: "\""))
      token.encodeName(rank: 0, asTokenID: asTokenIDs, into: &buffer)
      buffer.append(UInt8(ascii: "\""))
    }
    buffer.appendRaw(#"],"top_logprobs":["#)
    encodeList(into: &buffer) { token, position, buffer in
      if isNull(position) {
        buffer.appendRaw("null")
      } else {
        encodeAlternatives(token, position, into: &buffer)
      }
    }
    buffer.appendRaw("]}")
  }

  private func isNull(_ position: Int) -> Bool { firstIsNull && position == firstPosition }

  private func encodeAlternatives(_ token: GeneratedToken, _ position: Int, into buffer: inout [UInt8]) {
    for rank in 0..<max(count, 1) {
      buffer.appendRaw(rank == 0 ? #"{""# : #",""#)
      token.encodeName(rank: rank, asTokenID: asTokenIDs, into: &buffer)
      buffer.appendRaw(#"":"#)
      SyntheticLogprob.encode(position: position, rank: rank, into: &buffer)
    }
    buffer.append(UInt8(ascii: "}"))
  }

  private func encodeList(
    into buffer: inout [UInt8], _ encode: (GeneratedToken, Int, inout [UInt8]) -> Void
  ) {
    var position = firstPosition
    for token in tokens {
      if position > firstPosition { buffer.append(UInt8(ascii: ",")) }
      encode(token, position, &buffer)
      position += 1
    }
  }
}
