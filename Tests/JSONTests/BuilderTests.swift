import Testing

@testable import JSON

@Suite struct BuilderTests {
  @Test func commasKeysAndOrder() {
    let text = JSONBuilder.object { object in
      object.add("z", 1)
      object.add("a \"b\"", "c\n")
      object.object("empty") { _ in }
      object.array("list") { list in
        list.add(nil, true)
        list.object { $0.add("deep", -2) }
        list.array { _ in }
        list.add(nil, "end")
      }
      object.add("words", ["x", "y"])
      object.add("none", [String]())
    }
    #expect(
      text
        == #"{"z":1,"a \"b\"":"c\n","empty":{},"list":[true,{"deep":-2},[],"end"],"words":["x","y"],"none":[]}"#)
  }

  @Test(
    arguments: [
      (0.5, "0.5"), (1, "1.0"), (1e300, "1e+300"), (.infinity, "null"), (.nan, "null"), (nil, "null"),
    ] as [(Double?, String)])
  func numbers(value: Double?, expected: String) {
    #expect(JSONBuilder.object { $0.add("n", value) } == #"{"n":\#(expected)}"#)
  }

  @Test func integersOfAllWidths() {
    let text = JSONBuilder.object { object in
      object.add("low", Int64.min)
      object.add("high", Int64.max)
      object.add("small", Int8(-7))
    }
    #expect(text == #"{"low":-9223372036854775808,"high":9223372036854775807,"small":-7}"#)
  }
}
