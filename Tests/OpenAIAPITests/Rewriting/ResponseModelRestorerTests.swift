import JSON
import OpenAIAPI
import Simulation
import Testing

@Suite struct ResponseModelRestorerTests {
  private static let json = "application/json; charset=utf-8"
  private static let events = "Text/Event-Stream"

  static let cases: [(type: String?, answer: String, restored: String)] = [
    (json, #"{"id":"x","model":"backend","n":1}"#, #"{"id":"x","model":"al\"ias","n":1}"#),
    ("application/problem+json", #"{"model":"backend"}"#, #"{"model":"al\"ias"}"#),
    (json, #"{"model":"backen"}"#, #"{"model":"backen"}"#),
    (json, #"{"model":"backend2"}"#, #"{"model":"backend2"}"#),
    (json, #"{"model":""}"#, #"{"model":""}"#),
    (json, #"{"model":"b\u0061ck\u0065nd"}"#, #"{"model":"al\"ias"}"#),
    (json, #"{"m\u006fdel" : "backend"}"#, #"{"m\u006fdel" : "al\"ias"}"#),
    (
      json, #"{"model":"backend","model":"backend","model":"x"}"#, #"{"model":"al\"ias","model":"al\"ias","model":"x"}"#
    ),
    (
      json, #"{"x":{"model":"backend"},"y":["model","backend"]}"#, #"{"x":{"model":"backend"},"y":["model","backend"]}"#
    ),
    (json, #"{"text":"\"model\":\"backend\""}"#, #"{"text":"\"model\":\"backend\""}"#),
    (json, #"{"model":["backend"]}"#, #"{"model":["backend"]}"#),
    (json, #"[{"model":"backend"}]"#, #"[{"model":"backend"}]"#),
    (json, #"{"model":"backend"#, #"{"model":"backend"#),
    (json, "data: {\"model\":\"backend\"}\n\n", "data: {\"model\":\"backend\"}\n\n"),
    (json, #""backend""#, #""backend""#),
    (json, #"{"backend":"model"}"#, #"{"backend":"model"}"#),
    (json, "", ""),
    ("text/plain", #"{"model":"backend"}"#, #"{"model":"backend"}"#),
    (nil, #"{"model":"backend"}"#, #"{"model":"backend"}"#),
    (
      events, "data: {\"model\":\"backend\"}\n\ndata: {\"a\":1,\"model\":\"backend\"}\n\ndata: [DONE]\n\n",
      "data: {\"model\":\"al\\\"ias\"}\n\ndata: {\"a\":1,\"model\":\"al\\\"ias\"}\n\ndata: [DONE]\n\n"
    ),
    (
      events, "event: a\r\ndata:{\"model\":\"backend\"}\r\n\r\n: {\"model\":\"backend\"}\r\n\r\n",
      "event: a\r\ndata:{\"model\":\"al\\\"ias\"}\r\n\r\n: {\"model\":\"backend\"}\r\n\r\n"
    ),
    // Two lines are one event's data, with a line feed between them.
    (events, "data: {\"model\":\rdata: \"backend\"}\r\r", "data: {\"model\":\rdata: \"al\\\"ias\"}\r\r"),
    (events, "data: {\"model\":\"back\ndata: end\"}\n\n", "data: {\"model\":\"back\ndata: end\"}\n\n"),
    (
      events, "data: {\"x\":1\ndata: }\ndata: {\"model\":\"backend\"}\n\n",
      "data: {\"x\":1\ndata: }\ndata: {\"model\":\"backend\"}\n\n"
    ),
    // A broken event does not spoil the next one.
    (
      events, "data: {\"model\":\"back\n\ndata: {\"model\":\"backend\"}\n\n",
      "data: {\"model\":\"back\n\ndata: {\"model\":\"al\\\"ias\"}\n\n"
    ),
    (events, "\u{FEFF}data: {\"model\":\"backend\"}\n\n", "\u{FEFF}data: {\"model\":\"al\\\"ias\"}\n\n"),
    (events, "data\ndata: {\"model\":\"backend\"}\n\n", "data\ndata: {\"model\":\"al\\\"ias\"}\n\n"),
    (events, "data : {\"model\":\"backend\"}\n\n", "data : {\"model\":\"backend\"}\n\n"),
    (events, "{\"model\":\"backend\"}\n\n", "{\"model\":\"backend\"}\n\n"),
    (events, "data: {\"model\":\"backend\"}", "data: {\"model\":\"al\\\"ias\"}"),
  ]

  @Test(arguments: cases)
  func restoresTheModelHoweverItIsCut(_ type: String?, _ answer: String, _ restored: String) {
    let bytes = Array(answer.utf8)
    var random = SplitMix64(seed: 1)
    for places in cuts(of: bytes.count, using: &random) {
      var restorer = ResponseModelRestorer(contentType: type, target: "backend", client: "al\"ias")
      let output = transform(bytes.cut(at: places), &restorer)
      #expect(String(decoding: output, as: UTF8.self) == restored, "cut at \(places)")
    }
  }

  @Test(arguments: [
    (#"{"id":1"#, #"{"id":1"#), (#"{"model":"#, #"{"model":"#), (#"{"model":""#, #"{"model":"#),
    (#"{"model":"backen"#, #"{"model":"#), (#"{"model":"bad"#, #"{"model":"bad"#),
    (#"{"model":"\u0062\u00"#, #"{"model":"#), (#"{"model":"backend""#, #"{"model":"alias""#),
    (#"{"x":"back"#, #"{"x":"back"#), (#"{"model":"backend2"#, #"{"model":"backend2"#),
    (#"{"model":"backend\"#, #"{"model":"#),
  ])
  func holdsBackOnlyWhatMayBeTheName(_ beginning: String, _ passed: String) {
    var restorer = ResponseModelRestorer(contentType: "application/json", target: "backend", client: "alias")
    let output = restorer.transform(Array(beginning.utf8), isLast: false)
    #expect(String(decoding: output, as: UTF8.self) == passed)
    #expect(
      restorer.transform([], isLast: true).count
        == (passed.contains("alias") ? 0 : beginning.utf8.count - passed.utf8.count))
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func randomDocumentsAreRestoredHoweverTheyAreCut(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let parser = JSONParser()
    for _ in 0..<10 {
      var answer = MarkedText()
      answer.appendObject(depth: 0, using: &random)
      try check(answer, Self.json, using: &random)

      // The same, seen by a parser.
      var restorer = ResponseModelRestorer(contentType: Self.json, target: target, client: "alias")
      let output = restorer.transform(answer.bytes, isLast: true)
      let (before, wasTarget) = try parser.parse(answer.bytes).withRoot {
        (members(of: $0), $0.member("model")?.string == target)
      }
      let (after, isAlias) = try parser.parse(output).withRoot {
        (members(of: $0), $0.member("model")?.string == "alias")
      }
      try #require(before == after && wasTarget == isAlias)
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func randomEventStreamsAreRestoredHoweverTheyAreCut(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<5 { try check(randomEventStream(using: &random), Self.events, using: &random) }
  }

  /// Bytes that mean nothing pass unchanged as long as there is no target in them.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func randomBytesPass(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let alphabet = Array("{}[]\":,\\u0dat model\n\r\u{FEFF}".utf8)
    for _ in 0..<200 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
      for type in [Self.json, Self.events] {
        var restorer = ResponseModelRestorer(contentType: type, target: "zzz", client: "alias")
        try #require(transform(bytes.cut(at: Array(0...bytes.count)), &restorer) == bytes)
      }
    }
  }

  private func check(_ answer: MarkedText, _ type: String, using random: inout SplitMix64) throws {
    let bytes = answer.bytes
    let expected = answer.restored(target, to: "alias")
    for places in cuts(of: bytes.count, using: &random) {
      var restorer = ResponseModelRestorer(contentType: type, target: target, client: "alias")
      let output = transform(bytes.cut(at: places), &restorer)
      try #require(output == expected, "\(String(decoding: bytes, as: UTF8.self)) cut at \(places)")
    }
  }

  private func transform(_ chunks: [[UInt8]], _ restorer: inout ResponseModelRestorer) -> [UInt8] {
    var output: [UInt8] = []
    for (index, chunk) in chunks.enumerated() {
      output += restorer.transform(chunk, isLast: index == chunks.count - 1)
    }
    return output
  }
}
