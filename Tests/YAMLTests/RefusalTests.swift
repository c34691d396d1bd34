import Testing
import YAML

@Suite("What is refused, and where")
struct RefusalTests {
  @Test(
    "Broken texts",
    arguments: [
      ("a: 1\nb: 2\na: 3\n", 3, "duplicate key 'a', first at line 1"),
      ("{\"a\": 1,\n a: 2}", 2, "duplicate key 'a'"),
      ("a:\n\tb: 1\n", 2, "a tab in the indentation"),
      ("a:\n  b: 1\n \tc: 1\n", 3, "a tab in the indentation"),
      ("a: b: c\n", 1, "mapping values are not allowed"),
      ("a: [1, 2\nb: 3\n", 2, "did not find expected"),
      ("a: \"x\n", 1, "unexpected end of stream"),
      ("? [a, b]\n: 1\n", 1, "a key must be a name, not a list"),
      ("?\n: 1\n", 1, "a key is missing"),
      ("a: *b\n", 1, "the alias '*b' has no anchor"),
      ("a: 1\n<<: 5\n", 2, "'<<' merges mappings only"),
      ("a: 1\n<<: [5]\n", 2, "'<<' merges mappings only"),
      ("a: !!int x\n", 1, "'x' is not what its tag 'int' says"),
      ("a: !secret x\n", 1, "the tag '!secret' has no meaning here"),
      ("a: 1\nb: \u{1}\n", 2, "control characters are not allowed"),
      ("a: \"\\ud83d\"\n", 1, "invalid Unicode character escape code"),
      ("a: &x [*x]\n", 1, "the alias '*x' has no anchor"),
      ("%YAML 3.0\n---\na: 1\n", 1, "incompatible YAML document"),
    ] as [(String, Int, String)])
  func broken(text: String, line: Int, message: String) throws {
    let error = try #require(throws: YAMLError.self) { _ = try YAMLNode.documents(in: text) }
    #expect(error.line == line)
    #expect(error.message.contains(message), "\(error)")
  }

  @Test("Depth", arguments: ["[", "{a: ", "- ", "? "])
  func depth(opener: String) throws {
    for levels in [65, 400, 100_000] {
      let error = try #require(throws: YAMLError.self) {
        _ = try YAMLNode.documents(in: String(repeating: opener, count: levels))
      }
      #expect(error.message.hasPrefix("nested more than "))
    }
    let nested = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(try YAMLNode(yaml: nested) != nil)
  }

  @Test("The deepest that can be allowed") func deepest() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    let limits = YAMLLimits(depth: .max)
    #expect(try YAMLNode(yaml: nested(500), limits: limits) != nil)
    #expect(throws: YAMLError.self) { _ = try YAMLNode(yaml: nested(501), limits: limits) }
  }

  @Test("Bombs of aliases, as values and as keys") func bombs() throws {
    var bomb = "a0: &a0 [x, x]\n"
    for level in 1...40 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    let error = try #require(throws: YAMLError.self) { _ = try YAMLNode(yaml: bomb) }
    #expect(error.message == "aliases stand for more than 10000 values")
    #expect(throws: YAMLError.self) { _ = try YAMLNode(yaml: bomb + "? *a40\n: 1\n") }
    let deep = "a: &a " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
    let nested = deep + "\nb: " + String(repeating: "[", count: 40) + "*a" + String(repeating: "]", count: 40)
    #expect(throws: YAMLError("nested more than 64 levels deep", line: 2)) { _ = try YAMLNode(yaml: nested) }
  }

  @Test("Size") func size() {
    #expect(throws: YAMLError("more than 8 bytes of YAML", line: 1)) {
      _ = try YAMLNode.documents(in: "a: 123456", limits: YAMLLimits(bytes: 8))
    }
  }

  @Test("No text can crash it", arguments: 0..<8)
  func noise(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func draw(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let pieces = [
      "a", "b: ", "- ", "\n", "  ", "\t", "[", "]", "{", "}", ",", ": ", "? ", "&x ", "*x", "!!str ", "!", "|\n", ">",
      "'",
      "\"", "\\", "#", "%", "---\n", "...\n", "<<: ", "5", "null", "é", "\u{0}", "\u{FEFF}", "@", "`",
    ]
    for _ in 0..<400 {
      let text = (0..<draw(40)).map { _ in pieces[draw(pieces.count)] }.joined()
      do {
        for document in try YAMLNode.documents(in: text) { #expect(document.line >= 1) }
      } catch {
        #expect(error.line >= 1 && !error.message.isEmpty)
      }
    }
  }
}
