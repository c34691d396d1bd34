import JSON
import Testing

@Suite struct WritingTests {
  private func written(_ write: (inout [UInt8]) -> Void) -> String {
    var buffer: [UInt8] = []
    write(&buffer)
    return String(decoding: buffer, as: UTF8.self)
  }

  @Test(arguments: [0, 9, 10, -1, -10, 1_795_226_692, .max, .min] as [Int64])
  func integers(_ value: Int64) {
    #expect(written { $0.appendJSON(value) } == "\(value)")
  }

  @Test func unsignedIntegers() {
    #expect(written { $0.appendJSON(UInt64.max) } == "18446744073709551615")
    #expect(written { $0.appendJSON(UInt32.max) } == "4294967295")
    #expect(written { $0.appendJSON(UInt8(200)) } == "200")
  }

  @Test(arguments: [
    (0.1, "0.1"), (-1.0, "-1.0"), (1e22, "1e+22"), (.leastNonzeroMagnitude, "5e-324"), (.infinity, "null"),
    (.nan, "null"),
  ])
  func doubles(_ value: Double, _ text: String) {
    #expect(written { $0.appendJSON(value) } == text)
  }

  @Test(arguments: [
    ("", #""""#), ("plain", #""plain""#), ("a\"b\\c", #""a\"b\\c""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
    ("\u{0}\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""), ("é日😀</>&", #""é日😀</>&""#),
    ("a long run of text, then a \" in the middle of it", #""a long run of text, then a \" in the middle of it""#),
  ])
  func strings(_ text: String, _ json: String) {
    #expect(written { $0.appendJSON(text) } == json)
    #expect(written { $0.appendJSON(utf8: [UInt8](text.utf8)[...]) } == json)
  }

  @Test(
    arguments: [
      ([0xFF], "\u{FFFD}"), ([0x61, 0xC3], "a\u{FFFD}"), ([0xE2, 0x82, 0x61], "\u{FFFD}a"),
      ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"), ([0xC0, 0x80], "\u{FFFD}\u{FFFD}"),
      ([0xF0, 0x9F, 0x98], "\u{FFFD}"),
    ] as [([UInt8], String)])
  func invalidUTF8IsReplaced(_ bytes: [UInt8], _ text: String) {
    #expect(written { $0.appendEscaped(utf8: bytes[...]) } == text)
    #expect(String(decoding: bytes, as: UTF8.self) == text)
  }

  @Test func literals() {
    #expect(
      written {
        $0.appendJSON(true)
        $0.appendJSON(false)
        $0.appendRaw("null")
      } == "truefalsenull")
  }
}
