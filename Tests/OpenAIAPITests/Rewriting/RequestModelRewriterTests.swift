import JSON
import OpenAIAPI
import Simulation
import Testing

@Suite struct RequestModelRewriterTests {
  static let cases: [(body: String, rewritten: String?)] = [
    (#"{"model":"a","n":1}"#, #"{"model":"b\"","n":1}"#),
    (#" { "n" : [1] , "model" : "a" } "#, #" { "n" : [1] , "model" : "b\"" } "#),
    (#"{"model":null}"#, #"{"model":"b\""}"#),
    (#"{"model":12}"#, #"{"model":"b\""}"#),
    (#"{"model":-1e+5 ,"x":1}"#, #"{"model":"b\"" ,"x":1}"#),
    (#"{"model":{"model":"a"}}"#, #"{"model":"b\""}"#),
    (#"{"model":[1,"]"],"x":true}"#, #"{"model":"b\"","x":true}"#),
    (#"{"model":"a","model":"c"}"#, #"{"model":"b\"","model":"b\""}"#),
    (#"{"mod\u0065l":"a"}"#, #"{"mod\u0065l":"b\""}"#),
    (#"{"model":"a\\\"}"}"#, #"{"model":"b\""}"#),
    (#"{"x":{"model":"a"}}"#, #"{"model":"b\"","x":{"model":"a"}}"#),
    (#"{"x":"\"model\":\"a\""}"#, #"{"model":"b\"","x":"\"model\":\"a\""}"#),
    (#"{"models":"a","mode":"a","Model":"a"}"#, #"{"model":"b\"","models":"a","mode":"a","Model":"a"}"#),
    (#"{}"#, #"{"model":"b\""}"#),
    (#"  { } "#, #"  {"model":"b\"" } "#),
    ("", nil), ("[]", nil), (#""model""#, nil), ("5", nil), (#"{"model":"a"#, nil), (#"{"model":"a""#, nil),
    (#"{"model" "a"}"#, nil), (#"{"model":"a",}"#, nil), (#"{"model":"a"} x"#, nil), ("{\"model\":\"a\n\"}", nil),
    (#"{model:"a"}"#, nil), (#"{"model":}"#, nil), (#"{"n":1"model":"a"}"#, nil),
  ]

  @Test(arguments: cases)
  func replacesOrAddsTheModel(_ body: String, _ rewritten: String?) {
    let output = RequestModelRewriter.replacingModel(in: Array(body.utf8), with: "b\"")
    // What is no object comes back as it is.
    #expect(String(decoding: output, as: UTF8.self) == rewritten ?? body)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func onlyTheModelOfRandomObjectsChanges(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let parser = JSONParser()
    for _ in 0..<50 {
      var body = MarkedText()
      body.appendObject(depth: 0, using: &random)
      let output = RequestModelRewriter.replacingModel(in: body.bytes, with: "né\"w")
      let hasModel = body.pieces.contains { if case .model = $0 { true } else { false } }
      if hasModel { try #require(output == body.rewritten(to: "né\"w")) }
      try #require(parser.parse(output).withRoot { $0.member("model")?.string } == "né\"w")
      let before = try parser.parse(body.bytes).withRoot { members(of: $0) }
      try #require(try parser.parse(output).withRoot { members(of: $0) } == before)
    }
  }

  @Test func aLongBodyKeepsEveryByte() {
    let text = String(repeating: #"nothing \"model\":\"a\" here, \\ only text é "#, count: 20_000)
    let body = #"{"prompt":""# + text + #"","model":"a","z":[]}"#
    let output = RequestModelRewriter.replacingModel(in: Array(body.utf8), with: "b")
    #expect(output == Array((#"{"prompt":""# + text + #"","model":"b","z":[]}"#).utf8))
  }
}

/// All members but `model`, serialized.
func members(of value: JSONValue) -> [[UInt8]] {
  var list: [[UInt8]] = []
  for (key, value) in value.members {
    if case "model" = key { continue }
    var bytes = Array(key.utf8)
    value.serialize(into: &bytes)
    list.append(bytes)
  }
  return list
}
