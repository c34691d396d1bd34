import JSON
import Simulation
import Testing

@Suite struct RoundTripTests {
  @Test(arguments: 0..<20 as Range<UInt64>)
  func randomDocumentsComeBackAsWritten(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let parser = JSONParser()
    for _ in 0..<100 {
      var text: [UInt8] = []
      appendValue(to: &text, depth: 0, using: &random)
      var copy: [UInt8] = []
      let document = try parser.parse(text)
      document.withRoot { $0.serialize(into: &copy) }
      try #require(copy == text, "\(String(decoding: text, as: UTF8.self))")
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func randomBytesAsStringsAreValidJSONAndKeepTheirText(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let parser = JSONParser()
    for _ in 0..<200 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      var json: [UInt8] = []
      json.appendJSON(utf8: bytes[...])
      let text = try parser.parse(json).withRoot { $0.string }
      try #require(text == String(decoding: bytes, as: UTF8.self), "\(bytes)")
    }
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func mutatedDocumentsNeverCrash(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let parser = JSONParser()
    var accepted = 0
    for _ in 0..<1000 {
      var text: [UInt8] = []
      appendValue(to: &text, depth: 0, using: &random)
      let spot = Int.random(in: 0..<text.count, using: &random)
      if Bool.random(using: &random) {
        text[spot] = UInt8.random(in: 0...255, using: &random)
      } else {
        text.removeSubrange(spot...)
      }
      guard let document = try? parser.parse(text) else { continue }
      var copy: [UInt8] = []
      document.withRoot { $0.serialize(into: &copy) }
      #expect(!copy.isEmpty)
      accepted += 1
    }
    #expect(accepted < 1000)
  }

  private func appendValue(to text: inout [UInt8], depth: Int, using random: inout SplitMix64) {
    switch Int.random(in: 0...(depth < 5 ? 7 : 5), using: &random) {
    case 0: text.appendRaw("null")
    case 1: text.appendJSON(Bool.random(using: &random))
    // json-c cannot tell Int64.min from what it saturates to it.
    case 2: text.appendJSON(Int64.random(in: -Int64.max...Int64.max, using: &random))
    case 3: text.appendJSON(Double.random(in: -1e9...1e9, using: &random))
    case 4, 5: text.appendJSON(randomString(using: &random))
    case 6:
      text.appendRaw("[")
      for index in 0..<Int.random(in: 0...4, using: &random) {
        if index > 0 { text.appendRaw(",") }
        appendValue(to: &text, depth: depth + 1, using: &random)
      }
      text.appendRaw("]")
    default:
      text.appendRaw("{")
      for index in 0..<Int.random(in: 0...4, using: &random) {
        if index > 0 { text.appendRaw(",") }
        text.appendJSON("key \(index) é\n")
        text.appendRaw(":")
        appendValue(to: &text, depth: depth + 1, using: &random)
      }
      text.appendRaw("}")
    }
  }

  private func randomString(using random: inout SplitMix64) -> String {
    let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "\n", "\u{0}", "\u{1F}", "é", "日", "😀", "z", " ", "/"]
    var string = ""
    for _ in 0..<Int.random(in: 0...20, using: &random) {
      string.unicodeScalars.append(scalars[Int.random(in: 0..<scalars.count, using: &random)])
    }
    return string
  }
}
