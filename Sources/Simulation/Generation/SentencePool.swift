/// The sentences that random answers are made of.
///
/// Eleven short sentences of the shape llm-d-inference-sim's have: under the simple tokenizer they count 38, 9, 9, 13,
/// 7, 10, 8, 11, 16, 5 and 25 tokens, each ends with a space, and the first touches nearly every special character.
public struct SentencePool: Sendable {
  /// The tokens of all sentences, one sentence after the other.
  public let table: TokenTable
  /// The place of every sentence in `table`.
  public let sentences: [Range<Int32>]

  /// The pool that every engine uses.
  public static let standard = SentencePool([
    #"Press #7: {[<x>]}, $5+3%= "?" & (-b)*~^; it's @_/\! "#,
    "Counter 4 of 9 is open, next. ",
    "Nice to see you again, old friend. ",
    "Welcome back; the kettle is on and the bread is warm. ",
    "Fog fills the harbour before dawn. ",
    "A dry wind came up from the south today. ",
    "Snow is likely above the tree line. ",
    "The clockmaker counts her minutes as others count their coins. ",
    "He sold the boat, kept the oars, and never said what it owed. ",
    "Lamps remember the night. ",
    "When two gardeners share one well, the first to wake draws the cold water, and the last to sleep locks the gate. ",
  ])

  init(_ texts: [String]) {
    let tokenizer = SimpleTokenizer()
    // Each text begins with a word and ends with a space, so that together they have the tokens they have alone.
    table = tokenizer.tokenize(texts.joined()).table
    var sentences: [Range<Int32>] = []
    for text in texts {
      let start = sentences.last?.upperBound ?? 0
      sentences.append(start..<(start + Int32(tokenizer.tokenize(text).count)))
    }
    self.sentences = sentences
    precondition(sentences.last.map { Int($0.upperBound) } == table.count, "sentences have clear borders")
  }

  /// The indexes of `count` tokens: whole sentences at random, the last one cut to fit.
  func text(tokens count: Int, using generator: inout SplitMix64) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let sentence = sentences[generator.integer(in: 0...(sentences.count - 1))]
        let taken = min(sentence.count, count - filled)
        for offset in 0..<taken {
          buffer[filled + offset] = sentence.lowerBound + Int32(truncatingIfNeeded: offset)
        }
        filled += taken
      }
    }
  }
}
