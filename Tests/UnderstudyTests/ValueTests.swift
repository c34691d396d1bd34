import Simulation
import Testing

@testable import understudy

@Suite struct ValueTests {
  @Test(
    arguments: [
      ("250us", 250_000), ("250\u{B5}s", 250_000), ("250\u{3BC}s", 250_000), ("30ms", 30_000_000),
      ("1.5s", 1_500_000_000),
      ("1m30s", 90_000_000_000), ("2h", 7_200_000_000_000), ("0.1h", 360_000_000_000), ("7ns", 7), ("0", 0),
      ("-3ms", -3_000_000),
      ("+3ms", 3_000_000), ("100", 100_000_000), ("0.5", 500_000), (".5s", 500_000_000), ("1.s", 1_000_000_000),
      ("1.0000000019s", 1_000_000_001), ("9223372036854775807ns", Int64.max),
    ] as [(String, Int64)])
  func durations(text: String, nanoseconds: Int64) {
    #expect(DurationText.parse(text, plain: .milliseconds(1)) == Nanoseconds(nanoseconds))
  }

  @Test(arguments: [
    "", "-", "s", "1x", "1ms2", "ms1", "1..5s", ".s", ".", "1 ms", "1e3", "300000000h", "9223372036854775808ns",
    "\u{0663}ms",
  ])
  func malformedDurations(text: String) {
    #expect(DurationText.parse(text, plain: .milliseconds(1)) == nil)
  }

  @Test func renderedDurationsReadBack() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<1000 {
      let scale: Int64 = [1, 1_000, 1_000_000, 1_000_000_000].randomElement(using: &generator) ?? 1
      let span = Nanoseconds(Int64.random(in: 0...1_000_000, using: &generator) * scale)
      #expect(DurationText.parse(DurationText.render(span), plain: .milliseconds(1)) == span)
    }
  }

  @Test(arguments: [
    ("1024", 1024), ("32k", 32_000), ("32K", 32_768), ("25.6k", 25_600), ("1m", 1_000_000), ("1M", 1 << 20),
    ("2g", 2_000_000_000), ("2G", 2 << 30), ("1t", 1_000_000_000_000), ("1T", 1 << 40), ("0.5k", 500), ("-5", -5),
  ])
  func humanIntegers(text: String, count: Int) {
    #expect(HumanInteger(argument: text) == .count(count))
  }

  @Test(arguments: ["-1", "auto", "AUTO"])
  func automatic(text: String) {
    #expect(HumanInteger(argument: text) == .automatic)
  }

  @Test(arguments: ["", "k", "1.5K", "-1k", "1kk", "99999999999999999999", "9999999999T", "1e3", "0x10"])
  func malformedHumanIntegers(text: String) {
    #expect(HumanInteger(argument: text) == nil)
    #expect(HumanInteger.complaint(about: text) != nil)
  }

  @Test func modulesInAllForms() throws {
    #expect(try LoRAModuleText.parse("a=/p=q").map(\.path) == ["/p=q"])
    let object = try LoRAModuleText.parse(#"{"name": "a", "path": "/p", "base_model_name": "m"}"#)
    #expect(object.map(\.name) == ["a"])
    #expect(object.map(\.baseModelName) == ["m"])
    #expect(try LoRAModuleText.parse(#"[{"name":"a"},{"name":"b"}]"#).map(\.name) == ["a", "b"])
  }

  @Test(arguments: ["", "a", "=p", "{}", #"{"name":""}"#, #"{"name":"a""#, #"{"name":["a"]}"#, "[1]"])
  func malformedModules(text: String) {
    #expect(throws: Complaint.self) { try LoRAModuleText.parse(text) }
  }

  @Test func quotedJSONReadsBack() throws {
    let text = "a\"b\\c\nd\te\u{1}f\u{E9}\u{1F600}/"
    #expect(try ConfigNode(yaml: JSONText.quoted(text))?.value == .scalar(text, quoted: true))
  }
}
