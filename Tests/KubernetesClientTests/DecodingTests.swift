import EndpointPicking
import JSON
import Kubernetes
import Testing
import YAML

@testable import KubernetesClient

/// Objects, pages and events from JSON.
@Suite struct DecodingTests {
  private func tree(_ json: String) throws -> YAMLNode {
    try JSONParser().parse(Array(json.utf8)).withRoot { YAMLNode($0) }
  }

  @Test func valuesAreTheSameAsInYAML() throws {
    let text = #"{"a":[1,-2,2.5,1e3,true,false,null,"yes","1"],"b":{"c":""},"d":9223372036854775807,"e":1e400}"#
    let node = try tree(text)
    let yaml = try #require(try YAMLNode(yaml: text.replacing("1e400", with: ".inf")))
    func same(_ a: YAMLNode, _ b: YAMLNode) -> Bool {
      switch (a.value, b.value) {
      case (.sequence(let x), .sequence(let y)): x.count == y.count && zip(x, y).allSatisfy(same)
      case (.mapping(let x), .mapping(let y)):
        x.count == y.count && zip(x, y).allSatisfy { $0.key == $1.key && same($0.value, $1.value) }
      default: a.value == b.value
      }
    }
    #expect(same(node, yaml))
  }

  @Test func aStringIsNoNumber() throws {
    guard case .string("1") = try tree(#""1""#).value else { throw ConfigurationProblem("not a string") }
  }

  private func decode(_ resource: APIResource, _ json: String) throws -> ObjectDecoder.Decoded {
    let decoder = ObjectDecoder(resource: resource, namespace: "default")
    return try JSONParser().parse(Array(json.utf8)).withRoot { root in
      try decoder.decode(root) { _ in nil }
    }
  }

  @Test(arguments: [
    ("7", "Pod: expected an object, got an integer"), ("{}", "Pod: metadata: required"),
    (#"{"metadata":{}}"#, "Pod: metadata.name: required"), (#"{"metadata":[]}"#, "Pod: metadata.name: required"),
    (#"{"metadata":{"name":7}}"#, "Pod: metadata.name: required"),
    (#"{"metadata":{"name":"a"}}"#, "Pod default/a: metadata.resourceVersion: required"),
  ]) func objectsThatDoNotSayWhoTheyAre(json: String, expected: String) {
    #expect { try decode(.pods, json) } throws: { "\($0)" == expected }
  }

  @Test(
    arguments: [
      (#""spec":{"containers":[{"name":"a"}]}"#, nil), ("", "spec: required"),
      (#""spec":7"#, "spec: expected a mapping, got an integer"),
      (#""spec":{"containers":{}}"#, "spec.containers: expected a list, got a mapping"),
      (
        #""spec":{"containers":[{"name":"a"}]},"status":{"podIP":"x"}"#, "status.podIP: 'x' is not an IP address"
      ),
      (
        #""spec":{"containers":[{"name":"a"}]},"status":{"conditions":7}"#,
        "status.conditions: expected a list, got an integer"
      ),
    ] as [(String, String?)]) func halfPods(content: String, expected: String?) throws
  {
    let json = #"{"metadata":{"name":"a","resourceVersion":"1"}\#(content.isEmpty ? "" : ",")\#(content)}"#
    let decoded = try decode(.pods, json)
    #expect(decoded.problems.map(\.description) == (expected.map { ["Pod default/a: \($0)"] } ?? []))
    #expect((decoded.item.object == nil) == (expected != nil))
    #expect(decoded.item.version == "1")
  }

  @Test func doubtsAreNoRefusals() throws {
    let decoded = try decode(
      APIResource.inferenceModelRewrites[1],
      #"{"metadata":{"name":"a","resourceVersion":"1"},"spec":{"poolRef":{"name":"p"},"rules":[{"targets":"#
        + #"[{"modelRewrite":"a","weight":1},{"modelRewrite":"b"}]}]}}"#)
    #expect(decoded.item.object != nil)
    #expect(decoded.problems.map(\.isRefused) == [false])
    #expect(decoded.problems[0].field == "spec.rules[0].targets")
  }

  @Test(arguments: ["a", "{}", "[]", "<html>", #"{"metadata":{"resourceVersion":""},"items":[]}"#, "{\"metadata\":"])
  func whatIsNoList(text: String) {
    let decoder = ObjectDecoder(resource: .pods, namespace: "default")
    #expect { try decoder.page(Array(text.utf8), parser: JSONParser()) { _ in nil } } throws: { error in
      if case .malformed = error as? RequestFailure { true } else { false }
    }
  }

  @Test func linesArriveInAnyPieces() {
    let text = Array("{a}\r\n\n{bb}\n{c".utf8)
    for size in 1...text.count {
      var splitter = LineSplitter()
      var lines: [String] = []
      for start in stride(from: 0, to: text.count, by: size) {
        let piece = Array(text[start..<min(start + size, text.count)])
        lines += (splitter.take(piece.span) ?? [[]]).map { String(decoding: $0, as: UTF8.self) }
      }
      #expect(lines == ["{a}", "{bb}"])
      #expect(splitter.rest == Array("{c".utf8))
    }
    var short = LineSplitter(limit: 3)
    #expect(short.take(Array("abc\nabc\n".utf8).span)?.count == 2)
    #expect(short.take(Array("abcd".utf8).span) == nil)
  }

  @Test(arguments: [
    ("", 500, "status 500"), ("  <b>\n\u{1}  x", 502, "status 502: <b> ? x"),
    (#"{"kind":"Status","message":"no","reason":"Forbidden","code":403}"#, 403, "status 403 (Forbidden): no"),
    (#"{"kind":"Status","message":7,"details":[],"code":"x"}"#, 409, "status 409"),
    (String(repeating: "x", count: 500), 500, "status 500: \(String(repeating: "x", count: 120))…"),
  ]) func statuses(body: String, code: Int, expected: String) {
    let status = APIStatus(code: code, headers: [], body: Array(body.utf8), parser: JSONParser())
    #expect(status.description == expected)
    #expect(status.code == code)
  }

  @Test func layersOfSources() {
    var layers = Layers<String, Int>()
    func text(_ change: Layers<String, Int>.Change) -> String {
      switch change {
      case .none: "none"
      case .set(let value): "set \(value)"
      case .removed: "removed"
      }
    }
    #expect(text(layers.set("a", 2, in: 1)) == "set 2")
    #expect(text(layers.set("a", 1, in: 0)) == "set 1")
    #expect(text(layers.set("a", 3, in: 1)) == "none")
    #expect(layers.names(in: 1) == ["a"])
    #expect(text(layers.remove("a", from: 0)) == "set 3")
    #expect(text(layers.remove("a", from: 0)) == "none")
    #expect(text(layers.remove("a", from: 1)) == "removed")
    #expect(text(layers.remove("a", from: 1)) == "none")
    #expect(layers.names(in: 1).isEmpty)
  }
}
