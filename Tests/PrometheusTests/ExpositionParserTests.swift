import Prometheus
import Simulation
import Testing

@Suite struct ExpositionParserTests {
  @Test(arguments: [
    ("up 1", ParsedSample(name: "up", value: 1)),
    ("up\t1.5e3 ", ParsedSample(name: "up", value: 1500)),
    ("  up 1\r", ParsedSample(name: "up", value: 1)),
    ("a:b_total{} 2", ParsedSample(name: "a:b_total", value: 2)),
    ("a{x=\"1\"}3", ParsedSample(name: "a", labels: [Label(name: "x", value: "1")], value: 3)),
    (
      "a { x = \"1\" , y=\"\", } 3 1700000000123",
      ParsedSample(
        name: "a", labels: [Label(name: "x", value: "1"), Label(name: "y", value: "")], value: 3,
        timestamp: 1_700_000_000_123)
    ),
    (
      #"a{x="q\"b\\n\n\t,}"} 1"#,
      ParsedSample(name: "a", labels: [Label(name: "x", value: "q\"b\\n\n\\t,}")], value: 1)
    ),
    ("a +Inf", ParsedSample(name: "a", value: .infinity)),
    ("a -inf", ParsedSample(name: "a", value: -.infinity)),
    ("a -.5", ParsedSample(name: "a", value: -0.5)),
    ("a 1e+010", ParsedSample(name: "a", value: 1e10)),
    ("a 1e999", ParsedSample(name: "a", value: .infinity)),
    ("a 0.1234567890123456789", ParsedSample(name: "a", value: 0.1234567890123456789)),
  ])
  func reads(_ line: String, _ sample: ParsedSample) {
    #expect(ExpositionParser().samples(in: Array(line.utf8)) == [sample])
  }

  @Test(arguments: [
    "up", "up ", "up x", "up 1 2 3", "up 1 x", "up 0x10", "up 1_000", "up --1", "up .", "9up 1", "{x=\"1\"} 1",
    "a{x=\"1\" 1", "a{x=1} 1", "a{x=\"1} 1", "a{x} 1", "a{1x=\"1\"} 1", "a{x=\"1\"y=\"2\"} 1", "a{,} 1", "a-b 1",
    "a{x=\"\\\"} 1", "up 1 99999999999999999999",
  ])
  func refuses(_ line: String) {
    var found = 0
    let result = ExpositionParser().parse(Array("before 1\n\(line)\nafter 2".utf8)) { _ in found += 1 }
    #expect(found == 2)
    #expect(result.malformed == 1)
  }

  @Test func passesOverCommentsAndBlankLines() {
    let result = ExpositionParser().parse(Array("# HELP a b\n\n  \n#\n # x\n".utf8)) { _ in Issue.record("no sample") }
    #expect(result == ParseResult())
  }

  @Test func readsOnlyWantedNames() {
    let page = Array("a 1\nab 2\na{x=\"y\"} 3\nb{broken 4\nc 5\n".utf8)
    var values: [Double] = []
    let result = ExpositionParser(names: ["a", "c"]).parse(page) { values.append($0.value) }
    #expect(values == [1, 3, 5])
    #expect(result.skipped == 2)
    #expect(result.malformed == 0)
  }

  @Test func limitsHold() {
    var limits = ParserLimits()
    limits.lineBytes = 20
    limits.labels = 1
    limits.samples = 2
    let page = Array("a{x=\"1\",y=\"2\"} 1\n\("long" + String(repeating: "g", count: 20)) 1\na 1\nb 2\nc 3\n".utf8)
    var names: [String] = []
    let result = ExpositionParser(limits: limits).parse(page) { names.append($0.name) }
    #expect(names == ["a", "b"])
    #expect(result.malformed == 2)
    #expect(result.truncated)
  }

  @Test func labelsAreFoundByName() {
    let sample = ExpositionParser().samples(in: Array("a{x=\"1\",y=\"2\"} 1".utf8)).first
    #expect(sample?[label: "y"] == "2")
    #expect(sample?[label: "z"] == nil)
  }

  @Test func readsBackWhatExpositionWrites() {
    var generator = SplitMix64(seed: 3)
    let alphabet = Array("ab\"\\\n,{}= #é日")
    for _ in 0..<500 {
      let labels = Labels(
        (0..<Int.random(in: 0...4, using: &generator)).map { index in
          let value = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
            alphabet.randomElement(using: &generator) ?? "x"
          }
          return Label(name: "l\(index)", value: String(value))
        })
      let value = Double.random(in: -1e9...1e9, using: &generator)
      var page = Exposition()
      page.begin(Family("f", .gauge, help: "h"))
      page.sample(SeriesPrefix("f", labels), value)
      #expect(
        ExpositionParser().samples(in: page.bytes) == [ParsedSample(name: "f", labels: labels.pairs, value: value)])
    }
  }

  @Test func survivesRandomBytesAndDamagedPages() {
    var generator = SplitMix64(seed: 4)
    let good = Array("a{x=\"1\",y=\"\\\\\"} 1.5 12\n# TYPE a counter\nb -Inf\n".utf8)
    let grammar = Array("a{}\"\\=,1.e+- \n#\u{e9}".utf8)
    for round in 0..<20_000 {
      var page: [UInt8]
      switch round % 3 {
      case 0:
        page = (0..<Int.random(in: 0...64, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
      case 1:
        page = (0..<Int.random(in: 0...64, using: &generator)).map { _ in grammar.randomElement(using: &generator) ?? 0
        }
      default:
        page = good
        page[Int.random(in: 0..<good.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        page.removeLast(Int.random(in: 0...good.count / 2, using: &generator))
      }
      var reported = 0
      let result = ExpositionParser().parse(page) { sample in
        reported += 1
        #expect(!sample.name.isEmpty)
      }
      let lines = page.split(separator: 0x0A).count
      #expect(result.samples == reported)
      #expect(result.samples + result.malformed <= lines)
    }
  }
}
