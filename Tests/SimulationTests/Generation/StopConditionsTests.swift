import Testing

@testable import Simulation

@Suite struct StopConditionsTests {
  /// What becomes of an answer "one two three two." (five tokens) with the given conditions.
  private func stopped(
    _ text: String = "one two three two.", stop: [String] = [], ids: [String] = [], min: Int = 0, include: Bool = false
  ) -> GeneratedOutput {
    var request = GenerationRequest(id: 1, prompt: .words(1))
    request.stop = stop
    request.stopTokenIDs = ids.flatMap { SimpleTokenizer().tokenize($0).ids }
    request.minTokens = min
    request.includeStopInOutput = include
    let output = GeneratedOutput(tokens: SimpleTokenizer().tokenize(text), finishReason: .stop)
    return StopConditions(request).applied(to: output)
  }

  private struct Case: Sendable {
    var stop: [String] = []
    var ids: [String] = []
    var min = 0
    var include = false
    let text: String
    let tokens: Int
    let match: StopMatch?
  }

  private static let cases: [Case] = [
    Case(stop: ["none"], text: "one two three two.", tokens: 5, match: nil),
    Case(stop: [], text: "one two three two.", tokens: 5, match: nil),
    Case(stop: [""], text: "one two three two.", tokens: 5, match: nil),
    Case(stop: ["two"], text: "one ", tokens: 2, match: .string("two")),
    Case(stop: ["two"], include: true, text: "one two", tokens: 2, match: .string("two")),
    // Over the border of two tokens: both count, and the first loses its end.
    Case(stop: ["o t"], text: "one tw", tokens: 3, match: .string("o t")),
    Case(stop: ["o t"], include: true, text: "one two t", tokens: 3, match: .string("o t")),
    Case(stop: ["one"], text: "", tokens: 1, match: .string("one")),
    // Complete first; with the same token, first in the list.
    Case(stop: ["three", "two"], text: "one ", tokens: 2, match: .string("two")),
    Case(stop: ["wo", "two"], text: "one t", tokens: 2, match: .string("wo")),
    // A match counts only if a token after the first `min` completes it.
    Case(stop: ["two"], min: 2, text: "one two three ", tokens: 4, match: .string("two")),
    Case(stop: ["two"], min: 1, text: "one ", tokens: 2, match: .string("two")),
    Case(stop: ["two three"], min: 2, text: "one ", tokens: 3, match: .string("two three")),
    Case(stop: ["two"], min: 4, text: "one two three two.", tokens: 5, match: nil),
    Case(stop: ["two"], min: 9, text: "one two three two.", tokens: 5, match: nil),
    Case(ids: ["three "], text: "one two ", tokens: 3, match: .token(SimpleTokenizer().tokenize("three ").id(at: 0))),
    Case(
      ids: ["three "], include: true, text: "one two three ", tokens: 3,
      match: .token(SimpleTokenizer().tokenize("three ").id(at: 0))),
    Case(ids: ["one "], min: 1, text: "one two three two.", tokens: 5, match: nil),
    Case(stop: ["two"], ids: ["three "], text: "one ", tokens: 2, match: .string("two")),
    Case(
      stop: ["three"], ids: ["three "], text: "one two ", tokens: 3,
      match: .token(SimpleTokenizer().tokenize("three ").id(at: 0))),
  ]

  @Test(arguments: cases.indices)
  func table(index: Int) {
    let expected = Self.cases[index]
    let output = stopped(stop: expected.stop, ids: expected.ids, min: expected.min, include: expected.include)
    #expect(output.tokens.text == expected.text)
    #expect(output.tokens.count == expected.tokens)
    #expect(output.finishReason == (expected.match.map { .stopMatched($0) } ?? .stop))
    // The ids stay those of the tokens generated.
    #expect(output.tokens.ids == Array(SimpleTokenizer().tokenize("one two three two.").ids.prefix(expected.tokens)))
  }

  @Test func agreesWithNaiveSearch() {
    var generator = SplitMix64(seed: 8)
    func word(_ length: ClosedRange<Int>) -> [UInt8] {
      (0..<generator.integer(in: length)).map { _ in UInt8(ascii: "a") + UInt8(generator.integer(in: 0...1)) }
    }
    for _ in 0..<3000 {
      let text = word(0...40)
      let pattern = word(1...5)
      let offset = generator.integer(in: 0...45)
      let naive = text.indices.first {
        $0 + pattern.count > offset && text[$0...].starts(with: pattern)
      }
      let found = BytePattern(pattern).firstMatch(in: text[...], endingAfter: offset)
      #expect(found == naive.map { $0..<($0 + pattern.count) })
    }
  }

  /// Would take hours if it were quadratic.
  @Test func hostileStringsAreLinear() {
    let text = String(repeating: "a", count: 1 << 20)
    let output = stopped(text, stop: [String(repeating: "a", count: 1 << 19) + "b"])
    #expect(output.finishReason == .stop)
  }
}
