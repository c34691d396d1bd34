import Testing

@testable import Simulation

@Suite struct SimpleTokenizerTests {
  private let tokenizer = SimpleTokenizer()

  private func pieces(_ text: String) -> [String] {
    let tokens = tokenizer.tokenize(text)
    return (0..<tokens.count).map { String(decoding: tokens.piece(at: $0), as: UTF8.self) }
  }

  /// The vectors of llm-d-inference-sim.
  @Test(
    arguments: [
      ("Hello, world!", ["Hello", ", ", "world", "!"], [4_116_459_851, 2_312_110_321, 933_488_787, 604_802_540]),
      (
        "This is a test.", ["This ", "is ", "a ", "test", "."],
        [3_157_421_587, 1_477_013_615, 186_949_092, 2_949_673_445, 722_245_873]
      ),
      (
        "### user: Hello\n", ["#", "#", "# ", "user", ": ", "Hello\n"],
        [638_357_778, 638_357_778, 399_020_470, 1_618_501_362, 2_382_766_391, 2_166_458_707]
      ),
      (
        "it's 3.14", ["it", "'", "s ", "3", ".", "14"],
        [1_194_886_160, 571_247_302, 4_149_321_222, 906_799_682, 722_245_873, 401_286_136]
      ),
    ] as [(String, [String], [UInt32])])
  func vectors(text: String, expected: [String], ids: [UInt32]) {
    #expect(pieces(text) == expected)
    #expect(tokenizer.tokenize(text).ids == ids)
  }

  @Test(
    arguments: [
      ("", []),
      ("_init_ x", ["_", "init_ ", "x"]),
      ("__a", ["_", "_", "a"]),
      ("a_b", ["a_b"]),
      ("  lead", ["  ", "lead"]),
      (" \t\n", [" \t\n"]),
      ("naïve café ok", ["na", "ï", "ve ", "caf", "é ", "ok"]),
      ("日本語 テキスト。", ["日本語 ", "テキスト。"]),
      ("`code` | x", ["`", "code", "` ", "| ", "x"]),
      ("a\u{B}b", ["a", "\u{B}", "b"]),
      ("x\r\n\u{C}y", ["x\r\n\u{C}", "y"]),
      ("é_", ["é", "_"]),
    ] as [(String, [String])])
  func otherTexts(text: String, expected: [String]) { #expect(pieces(text) == expected) }

  @Test func nothingIsLost() {
    var generator = SplitMix64(seed: 3)
    for _ in 0..<2000 {
      let alphabet = generator.integer(in: 0...1) == 0 ? Array(UInt8.min...UInt8.max) : Array(" _a9-é`\n".utf8)
      let text = (0..<generator.integer(in: 0...60)).map { _ in
        alphabet[generator.integer(in: 0...(alphabet.count - 1))]
      }
      let tokens = tokenizer.tokenize(text)
      #expect(tokens.bytes == text)
      for position in 0..<tokens.count {
        let piece = Array(tokens.piece(at: position))
        #expect(!piece.isEmpty)
        #expect(tokens.id(at: position) == fnv1a(piece))
        // Every piece is the same token by itself.
        #expect(tokenizer.tokenize(piece).count == 1)
      }
    }
  }

  private func fnv1a(_ bytes: [UInt8]) -> UInt32 {
    bytes.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }

  @Test func anySequenceOfBytes() {
    #expect(tokenizer.tokenize("two words".utf8.lazy.map { $0 }).ids == tokenizer.tokenize("two words").ids)
    #expect(tokenizer.tokenize(Array("xtwo words".utf8)[1...]).ids == tokenizer.tokenize("two words").ids)
  }

  @Test func idsAlone() {
    let tokens = TokenSequence(ids: [5, 7, 5])
    #expect(tokens.ids == [5, 7, 5])
    #expect(tokens.bytes == [])
  }
}
