import Simulation
import Testing

@testable import Fleet

@Suite struct SampleLineTests {
  @Test(
    arguments: [
      ("a 1", 1, 0), ("a 1\r", 1, 0), ("a\t 2.5 1700000000123", 2.5, 1_700_000_000_123), ("a{} 3", 3, 0),
      (#"a{b="c"} -4e2"#, -400, 0), (#"a{b="}\" 9 ",c="x"}5"#, 5, 0), (#"a { b = "c" , } 6"#, 6, 0),
      (#"a{b="c"} 7 # {trace="x"} 8"#, 7, 0), ("a 1.7952690454270458e+09", 1_795_269_045.4270458, 0),
      ("a 0.1", 0.1, 0), ("a 123456789012345678901234567890", 1.2345678901234568e29, 0),
      ("a 9007199254740993", 9007199254740992, 0),
      ("a 1e-300", 1e-300, 0), ("a 12 x", 12, 0), ("a +Inf", .infinity, 0), ("a -Inf", -.infinity, 0),
      ("a 1 99999999999999999999", 1, 0), ("a 1e99999999999999999999", .infinity, 0),
    ] as [(String, Double, Int64)])
  func samples(line: String, value: Double, timestamp: Int64) {
    let sample = SampleLine.sample(Array(line.utf8).span, nameLength: 1)
    #expect(sample == SampleLine.Sample(value: value, timestamp: timestamp))
  }

  @Test(arguments: [
    "a", "a ", "a x", "a{", "a{b", "a{b=", "a{b=\"", "a{b=\"c\\", "a{b=\"c\"", "a{b=c} 1", "a{\"b\"} 1", "a{b=\"c\"} ",
    "a 1e",
    "a .", "a -", "a e5", "a \"",
  ])
  func malformed(line: String) {
    #expect(SampleLine.sample(Array(line.utf8).span, nameLength: 1) == nil)
  }

  @Test func notANumberIsANumber() {
    #expect(SampleLine.sample(Array("a NaN".utf8).span, nameLength: 1)?.value.isNaN == true)
  }

  @Test func labels() {
    let line = Array(#"a{b="c",d="e",b="f"} 1"#.utf8)
    func has(_ name: String, _ value: String) -> Bool {
      SampleLine.has(line.span, nameLength: 1, Array(name.utf8), Array(value.utf8))
    }
    #expect(has("b", "c") && has("d", "e"))
    #expect(!has("b", "f") && !has("d", "") && !has("x", "c") && !has("", ""))
  }

  @Test func theNearestNumber() {
    var generator = SplitMix64(seed: 5)
    for _ in 0..<20_000 {
      let digits = Int.random(in: 0...Int(pow10(Int.random(in: 1...18, using: &generator))), using: &generator)
      let exponent = Int.random(in: -40...40, using: &generator)
      let text = Bool.random(using: &generator) ? "\(digits)e\(exponent)" : "\(digits).\(abs(exponent))"
      #expect(DecimalText.number(Array(text.utf8).span, 0..<text.utf8.count) == Double(text), "\(text)")
    }
  }

  private func pow10(_ exponent: Int) -> Double { (0..<exponent).reduce(1) { power, _ in power * 10 } }
}
