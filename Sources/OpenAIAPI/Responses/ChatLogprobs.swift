internal import JSON

/// `logprobs` of a chat choice or of one of its frames.
public struct ChatLogprobs: Sendable {
  /// The tokens to describe, in order.
  public var tokens: ArraySlice<GeneratedToken>
  /// Position of the first token in the whole answer; 0 or more.
  public var firstPosition: Int
  /// Entries of `top_logprobs` per token, the token itself first; may be 0.
  public var topCount: Int
  /// Tokens are shown as `token_id:<n>`.
  public var asTokenIDs: Bool

  /// Logprobs of `tokens`.
  public init(
    tokens: ArraySlice<GeneratedToken>, firstPosition: Int = 0, topCount: Int = 0, asTokenIDs: Bool = false
  ) {
    self.tokens = tokens
    self.firstPosition = firstPosition
    self.topCount = topCount
    self.asTokenIDs = asTokenIDs
  }

  /// Appends `{"content":[…]}`.
  func encode(into buffer: inout [UInt8]) {
    buffer.appendRaw(#"{"content":["#)
    var position = firstPosition
    for token in tokens {
      if position > firstPosition { buffer.append(UInt8(ascii: ",")) }
      encodeEntry(token, position: position, rank: 0, into: &buffer)
      buffer.appendRaw(#","top_logprobs":["#)
      for rank in 0..<max(topCount, 0) {
        if rank > 0 { buffer.append(UInt8(ascii: ",")) }
        encodeEntry(token, position: position, rank: rank, into: &buffer)
        buffer.append(UInt8(ascii: "}"))
      }
      buffer.appendRaw("]}")
      position += 1
    }
    buffer.appendRaw("]}")
  }

  private func encodeEntry(_ token: GeneratedToken, position: Int, rank: Int, into buffer: inout [UInt8]) {
    buffer.appendRaw(#"{"token":""#)
    token.encodeName(rank: rank, asTokenID: asTokenIDs, into: &buffer)
    buffer.appendRaw(#"","logprob":"#)
    SyntheticLogprob.encode(position: position, rank: rank, into: &buffer)
    buffer.appendRaw(#","bytes":"#)
    token.encodeBytes(rank: rank, asTokenID: asTokenIDs, into: &buffer)
  }
}
