import JSON
import Testing

@Suite struct ReadingTests {
  let parser = JSONParser()

  @Test(arguments: [
    ("", 0, "empty document"),
    ("   ", 3, "unexpected end of the document"),
    (#"{"a":1"#, 6, "unexpected end of the document"),
    (#"{"a":"x"#, 7, "unexpected end inside a string"),
    (#"{"a":"x\"#, 8, "unexpected end inside a string"),
    (#"{"a":1} x"#, 8, "unexpected character"),
    (#"{} {}"#, 3, "unexpected character"),
    (#"{'a':1}"#, 1, "unexpected character"),
    (#"/*c*/{}"#, 0, "unexpected character"),
    (#"[1,]"#, 3, "unexpected character"),
    (#"{"a":NaN}"#, 5, "unexpected character"),
    (#"{"a":-Infinity}"#, 6, "unexpected character"),
    (#"{"a":1.}"#, 6, "malformed number"),
    (#"{"a":.5}"#, 5, "malformed number"),
    (#"{"a":-01}"#, 5, "malformed number"),
    ("{\"a\":\"x\ny\"}", 7, "control character inside a string"),
    ("{\"a\":\"x\0y\"}", 7, "NUL byte"),
    ("{}\0", 2, "NUL byte"),
    ("\u{FEFF}{}", 0, "non-ASCII byte outside a string"),
  ])
  func refusals(_ text: String, _ offset: Int, _ message: String) {
    let error = #expect(throws: JSONError.self) { _ = try parser.parse([UInt8](text.utf8)) }
    #expect(error?.offset == offset)
    #expect(error?.message == message)
  }

  @Test(
    arguments: [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
      [0xF8, 0x88, 0x80, 0x80],
    ] as [[UInt8]])
  func invalidUTF8IsRefused(_ bytes: [UInt8]) {
    let body = [UInt8](#"{"a":"12345678"#.utf8) + bytes + [UInt8](#""}"#.utf8)
    let error = #expect(throws: JSONError.self) { _ = try parser.parse(body) }
    #expect(error == JSONError("invalid UTF-8", at: 14))
  }

  @Test func depthIsBounded() throws {
    func nested(_ depth: Int) -> [UInt8] {
      [UInt8](repeating: UInt8(ascii: "["), count: depth) + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
    }
    _ = try parser.parse(nested(64))
    let error = #expect(throws: JSONError.self) { _ = try parser.parse(nested(65)) }
    #expect(error == JSONError("nested deeper than 64 levels", at: 64))
    #expect(throws: JSONError.self) { _ = try parser.parse(nested(100_000)) }
    _ = try parser.parse(nested(64))
  }

  @Test func containersAreBounded() {
    var limits = JSONLimits()
    limits.maxContainers = 10
    let body = [UInt8]("[{},{},{},{},{},{},{},{},{},{}]".utf8)
    #expect(throws: JSONError("more than 10 arrays and objects", at: 28)) {
      _ = try JSONParser(limits: limits).parse(body)
    }
  }

  @Test(
    arguments: [
      ("0", .exact(0)), ("-0", .exact(0)), ("64", .exact(64)), ("64.0", .exact(64)), ("1e3", .exact(1000)),
      ("9223372036854775807", .exact(.max)), ("-9223372036854775807", .exact(-.max)), ("1.5", .fractional(1.5)),
      ("9223372036854775808", .outOfRange), ("18446744073709551616", .outOfRange),
      ("-9223372036854775809", .outOfRange), ("1e19", .outOfRange), ("1e400", .outOfRange),
      ("\"1\"", nil), ("true", nil), ("null", nil),
    ] as [(String, JSONInteger?)])
  func integers(_ text: String, _ expected: JSONInteger?) throws {
    let document = try parser.parse([UInt8](text.utf8))
    #expect(document.withRoot { $0.integer } == expected)
  }

  @Test func doublesKeepTheirRange() throws {
    #expect(try parser.parse([UInt8]("1e400".utf8)).withRoot { $0.double } == .infinity)
    #expect(try parser.parse([UInt8]("0.1".utf8)).withRoot { $0.double } == 0.1)
    #expect(try parser.parse([UInt8]("7".utf8)).withRoot { $0.double } == 7)
    #expect(try parser.parse([UInt8]("\"7\"".utf8)).withRoot { $0.double } == nil)
  }

  @Test func stringsKeepNULsAndReplaceLoneSurrogates() throws {
    let document = try parser.parse([UInt8](#"["a\u0000b","\ud800","\ud83d\ude00"]"#.utf8))
    let texts = document.withRoot { $0.elements.map { $0.utf8 ?? [] } }
    #expect(texts == [[0x61, 0, 0x62], [UInt8]("\u{FFFD}".utf8), [UInt8]("😀".utf8)])
  }

  @Test func membersComeInOrderAndTheLastDuplicateWins() throws {
    let document = try parser.parse([UInt8](#"{"b":1,"a":2,"b":3}"#.utf8))
    document.withRoot { root in
      #expect(root.members.map { $0.key.string } == ["b", "a"])
      #expect(root.member("b")?.integer == .exact(3))
      #expect(root.member("c")?.kind == nil)
      #expect(root.count == 2)
      #expect(root.element(0)?.kind == nil)
    }
  }

  @Test func valuesOfOtherKindsReadAsNothing() throws {
    let document = try parser.parse([UInt8](#"[null,true,1,1.5,"s",[],{}]"#.utf8))
    let kinds = document.withRoot { $0.elements.map(\.kind) }
    #expect(kinds == [.null, .boolean, .integer, .double, .string, .array, .object])
    document.withRoot { root in
      #expect(root.string == nil)
      #expect(root.element(7)?.kind == nil && root.element(-1)?.kind == nil)
      #expect(root.element(1)?.bool == true && root.element(2)?.bool == nil)
      #expect(root.element(4)?.elements.map(\.kind) == [])
    }
  }

  @Test func serializingPassesValuesThrough() throws {
    let text = #"{"a":[1,-2.50,1e400,true,null,"x\"\n\u0001é"],"b":{"c":18446744073709551615}}"#
    let document = try parser.parse([UInt8](" \(text) ".utf8))
    var bytes: [UInt8] = []
    document.withRoot { $0.serialize(into: &bytes) }
    #expect(String(decoding: bytes, as: UTF8.self) == text)
  }

  @Test func aParserSurvivesRefusedDocuments() throws {
    for text in [#"{"a":[1,{"b""#, "[[[[", #""\x""#, "nul", "[1 2]", "{\"a\" 1}"] {
      #expect(throws: JSONError.self) { _ = try parser.parse([UInt8](text.utf8)) }
      #expect(try parser.parse([UInt8](#"{"a":1}"#.utf8)).withRoot { $0.count } == 1)
    }
    let large = [UInt8]("\"".utf8) + [UInt8](repeating: 0x61, count: 1 << 20) + [UInt8]("\"".utf8)
    #expect(try parser.parse(large).withRoot { $0.utf8?.count } == 1 << 20)
    #expect(try parser.parse([UInt8]("[]".utf8)).withRoot { $0.count } == 0)
  }
}
