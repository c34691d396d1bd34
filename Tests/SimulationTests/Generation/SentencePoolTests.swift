import Testing

@testable import Simulation

@Suite struct SentencePoolTests {
  private let pool = SentencePool.standard

  private func text(_ sentence: Range<Int32>) -> String {
    TokenSequence(table: pool.table, indexes: Array(sentence)).text
  }

  @Test func shape() {
    #expect(pool.sentences.map(\.count) == [38, 9, 9, 13, 7, 10, 8, 11, 16, 5, 25])
    #expect(pool.table.count == 151)
    for sentence in pool.sentences {
      let text = text(sentence)
      #expect(text.hasSuffix(" "))
      #expect(SimpleTokenizer().tokenize(text).count == sentence.count)
      #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }
  }

  @Test func firstSentenceTouchesSpecialCharacters() {
    let special = Set(#"{}:,-.?!;@#$%^&*()+_~/\><[]="'"#)
    #expect(special.subtracting(text(pool.sentences[0])).count <= 1)
  }

  @Test(arguments: [1, 5, 37, 38, 39, 500])
  func cutToFit(count: Int) {
    var generator = SplitMix64(seed: UInt64(count))
    let indexes = pool.text(tokens: count, using: &generator)
    #expect(indexes.count == count)
    // Only starts of sentences follow a token that is not their predecessor.
    let starts = Set(pool.sentences.map(\.lowerBound))
    #expect(starts.contains(indexes[0]))
    for (before, after) in zip(indexes, indexes.dropFirst()) where after != before + 1 {
      #expect(starts.contains(after))
    }
  }

  @Test func allSentencesAreUsed() {
    var generator = SplitMix64(seed: 1)
    var firsts: [Int32: Int] = [:]
    for _ in 0..<11_000 { firsts[pool.text(tokens: 1, using: &generator)[0], default: 0] += 1 }
    #expect(firsts.count == 11)
    #expect(firsts.values.allSatisfy { abs($0 - 1000) < 150 })
  }
}
