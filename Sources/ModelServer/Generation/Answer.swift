internal import JSON
internal import OpenAIAPI
internal import Simulation

/// Turns what an engine reports into bytes for the client.
protocol Answer: AnyObject {
  /// What sequence `index` will produce; before `begin`.
  func prepare(_ index: Int, _ output: GeneratedOutput)
  /// All sequences have been accepted.
  func begin()
  /// The first `count` tokens of sequence `index` are out.
  func advance(_ index: Int, to count: Int)
  /// Sequence `index` has ended.
  func finish(_ index: Int, _ end: SequenceEnd)
  /// All sequences have ended.
  func end()
  /// The client can take more again.
  func resume()
  /// The client is gone.
  func abandon()
}

/// One sequence of an answer.
struct AnswerSequence {
  var output: GeneratedOutput
  /// The JSON-escaped pieces of the output's token table.
  var pieces: EscapedPieces
  /// Tokens that are out.
  var available = 0
  /// Why it ended; nil while it runs.
  var reason: FinishReason?

  /// The tokens of `range` as logprobs show them.
  func tokens(_ range: Range<Int>) -> [GeneratedToken] {
    range.map { GeneratedToken(id: output.tokens.id(at: $0), text: output.tokens.piece(at: $0)) }
  }

  /// The ids of the tokens of `range`.
  func ids(_ range: Range<Int>) -> [UInt32] { range.map { output.tokens.id(at: $0) } }

  /// Appends the escaped text of the tokens of `range`.
  @inline(__always)
  func appendText(_ range: Range<Int>, to buffer: inout [UInt8]) {
    buffer.append(output.tokens.indexes[range], of: pieces)
  }
}

extension ChoiceFinishReason {
  init(_ reason: FinishReason) {
    switch reason {
    case .stop: self = .stop
    case .stopMatched(.string(let string)): self = .stopString(string)
    case .stopMatched(.token(let id)): self = .stopToken(id)
    case .length: self = .length
    }
  }
}
