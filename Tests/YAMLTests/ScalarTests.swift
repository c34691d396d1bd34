import Testing
import YAML

@Suite("Scalars mean what Kubernetes takes them for")
struct ScalarTests {
  @Test(
    "Plain scalars",
    arguments: [
      ("null", .null), ("~", .null), ("Null", .null), ("true", .bool(true)), ("FALSE", .bool(false)),
      ("yes", .bool(true)), ("Off", .bool(false)), ("y", .bool(true)), ("N", .bool(false)), ("yEs", .string("yEs")),
      ("0", .int(0)), ("-7", .int(-7)), ("+7", .int(7)), ("0x1F", .int(31)), ("0o17", .int(15)), ("0644", .int(420)),
      ("0b101", .int(5)), ("1_000", .int(1000)), ("089", .double(89)), ("--1", .string("--1")), ("+-1", .string("+-1")),
      ("0x-1", .string("0x-1")), ("0x", .string("0x")), ("9223372036854775807", .int(.max)),
      ("9223372036854775808", .double(9223372036854775808)), ("1.5", .double(1.5)), (".5", .double(0.5)),
      ("1.", .double(1)), ("1e3", .double(1000)), ("-1.5E-2", .double(-0.015)), ("1e", .string("1e")),
      (".", .string(".")), ("-", .sequence([YAMLNode(line: 1, value: .null, text: "")])), (".inf", .double(.infinity)),
      ("-.INF", .double(-.infinity)), ("1.2.3", .string("1.2.3")), ("1970-01-01", .string("1970-01-01")),
      ("300s", .string("300s")), ("facebook/opt-125m", .string("facebook/opt-125m")), ("'yes'", .string("yes")),
      ("\"5\"", .string("5")), ("!!str 5", .string("5")), ("!!float 5", .double(5)), ("! 5", .string("5")),
      ("|\n  5\n", .string("5\n")), (">-\n  a\n  b\n", .string("a b")), ("\"\\u0041\\t\\/\"", .string("A\t/")),
    ] as [(String, YAMLNode.Value)])
  func plain(text: String, expected: YAMLNode.Value) throws {
    #expect(try #require(try YAMLNode(yaml: text)).value == expected)
  }

  @Test("Not a number") func notANumber() throws {
    guard case .double(let value) = try YAMLNode(yaml: ".nan")?.value else {
      Issue.record("not a double")
      return
    }
    #expect(value.isNaN)
  }

  @Test("The text of a scalar survives its type") func text() throws {
    let node = try #require(try YAMLNode(yaml: "{a: 0x10, b: \"0x10\"}"))
    #expect(node["a"]?.text == "0x10")
    #expect(node["a"]?.isQuoted == false)
    #expect(node["b"]?.text == "0x10")
    #expect(node["b"]?.isQuoted == true)
    #expect(node["b"]?.value == .string("0x10"))
    #expect(node["c"] == nil)
  }
}
