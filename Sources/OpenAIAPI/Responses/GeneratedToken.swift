internal import JSON

/// A token as logprobs show it.
public struct GeneratedToken: Equatable, Sendable {
  /// The tokenizer's id.
  public var id: UInt32
  /// UTF-8 text, not escaped.
  public var text: ArraySlice<UInt8>

  /// A token.
  public init(id: UInt32, text: ArraySlice<UInt8>) {
    self.id = id
    self.text = text
  }

  /// Appends the text of alternative `rank` without quotes, escaped: the token itself for 0, else `<token>_<rank>`.
  func encodeName(rank: Int, asTokenID: Bool, into buffer: inout [UInt8]) {
    if asTokenID {
      buffer.appendRaw("token_id:")
      buffer.appendJSON(id &+ UInt32(truncatingIfNeeded: rank))
      return
    }
    buffer.appendEscaped(utf8: text)
    if rank > 0 {
      buffer.append(UInt8(ascii: "_"))
      buffer.appendJSON(rank)
    }
  }

  /// Appends the array of the bytes of alternative `rank`.
  func encodeBytes(rank: Int, asTokenID: Bool, into buffer: inout [UInt8]) {
    var bytes = text
    if asTokenID, rank > 0 {
      bytes = ArraySlice("token_id:\(id &+ UInt32(truncatingIfNeeded: rank))".utf8)
    } else if rank > 0 {
      bytes.append(contentsOf: "_\(rank)".utf8)
    }
    buffer.append(UInt8(ascii: "["))
    var isFirst = true
    for byte in bytes {
      if !isFirst { buffer.append(UInt8(ascii: ",")) }
      isFirst = false
      buffer.appendJSON(byte)
    }
    buffer.append(UInt8(ascii: "]"))
  }
}

/// Made-up log probabilities (llm-d-inference-sim, log probabilities): −1 − 0.1·(position mod 3) for a token, and
/// 0.5 less for each further alternative.
enum SyntheticLogprob {
  /// Appends the value; exact to one digit, so no floating point is involved.
  static func encode(position: Int, rank: Int, into buffer: inout [UInt8]) {
    let tenths = 10 + position % 3 + 5 * rank
    buffer.append(UInt8(ascii: "-"))
    buffer.appendJSON(tenths / 10)
    buffer.append(UInt8(ascii: "."))
    buffer.appendJSON(tenths % 10)
  }
}
