import Testing

@testable import Simulation

@Suite struct TextGeneratorTests {
  private func output(
    mode: GenerationMode = .random, maxModelLen: Int = 1024, capacityTokens: Int = 1 << 20, seed: UInt64 = 1,
    _ request: GenerationRequest
  ) -> GeneratedOutput {
    var generator = SplitMix64(seed: seed)
    return TextGenerator(mode: mode, maxModelLen: maxModelLen)
      .output(for: request, capacityTokens: capacityTokens, using: &generator)
  }

  private func request(_ prompt: String = "a b c", _ change: (inout GenerationRequest) -> Void = { _ in })
    -> GenerationRequest
  {
    var request = GenerationRequest(id: 1, prompt: SimpleTokenizer().tokenize(prompt))
    change(&request)
    return request
  }

  @Test func ignoringTheEndGivesExactlyTheMaximum() {
    let given = output(
      request {
        $0.maxTokens = 77
        $0.ignoreEOS = true
      })
    #expect(given.tokens.count == 77)
    #expect(given.finishReason == .length)
    let rest = output(maxModelLen: 100, request { $0.ignoreEOS = true })
    #expect(rest.tokens.count == 97)
  }

  @Test func lengthIffMaximum() {
    for seed in 0..<500 as Range<UInt64> {
      for maximum in [nil, 1, 5, 60] {
        let output = output(maxModelLen: 50, seed: seed, request { $0.maxTokens = maximum })
        let effective = min(maximum ?? 47, 47)
        #expect((1...effective).contains(output.tokens.count))
        #expect(output.finishReason == (output.tokens.count == effective ? .length : .stop))
      }
    }
  }

  @Test func minimumRaisesTheLength() {
    for seed in 0..<200 as Range<UInt64> {
      let output = output(
        seed: seed,
        request {
          $0.maxTokens = 30
          $0.minTokens = 25
        })
      #expect((25...30).contains(output.tokens.count))
    }
    let most = output(
      request {
        $0.maxTokens = 30
        $0.minTokens = 1000
      })
    #expect(most.tokens.count == 30)
    #expect(most.finishReason == .length)
  }

  @Test(arguments: [-5, 0, Int.min, Int.max] as [Int])
  func foolishNumbersAreHarmless(number: Int) {
    let output = output(
      maxModelLen: 10,
      request("a b c d e f g h i j k l") {
        $0.maxTokens = number
        $0.minTokens = number
      })
    #expect(output.tokens.count == 1)
  }

  @Test(arguments: [(nil, .stop), (2, .length), (3, .length), (4, .stop)] as [(Int?, FinishReason)])
  func echoIsNeverTruncated(maximum: Int?, reason: FinishReason) {
    let output = output(mode: .echo, maxModelLen: 5, request("Grus dich.") { $0.maxTokens = maximum })
    #expect(output.tokens.text == "Grus dich.")
    #expect(output.tokens.count == 3)
    #expect(output.finishReason == reason)
  }

  @Test func echoOfSomethingElse() {
    let output = output(mode: .echo, request("### user: hi\n") { $0.echo = SimpleTokenizer().tokenize("hi") })
    #expect(output.tokens.text == "hi")
  }

  @Test func emptyEchoIsOneEmptyToken() {
    let output = output(mode: .echo, request(""))
    #expect(output.tokens.count == 1)
    #expect(output.tokens.text == "")
  }

  @Test func theCacheCutsAnEcho() {
    let output = output(mode: .echo, capacityTokens: 8, request("a b c d e"))
    #expect(output.tokens.text == "a b c ")
    #expect(output.finishReason == .length)
  }
}
