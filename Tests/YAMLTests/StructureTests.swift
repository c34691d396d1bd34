import Testing
import YAML

@Suite("Documents, lines, order, aliases")
struct StructureTests {
  @Test("Every value has its line") func lines() throws {
    let text = """
      # comment
      kind: Pod
      spec:
        containers:
        - name: a
          args:
            - one
            - "two"
        empty:
      last: {x: [1,
        2]}
      """
    let root = try #require(try YAMLNode(yaml: text))
    #expect(root.line == 2)
    let container = try #require(root["spec"]?["containers"]).items[0]
    #expect(container.line == 5)
    #expect(container["args"]?.items.map(\.line) == [7, 8])
    #expect(root["spec"]?["empty"]?.line == 9)
    #expect(root["last"]?["x"]?.items.map(\.line) == [10, 11])
    guard case .mapping(let pairs) = root.value else { return }
    #expect(pairs.map(\.key) == ["kind", "spec", "last"])
    #expect(pairs.map(\.line) == [2, 3, 10])
  }

  @Test("A stream has documents, empty ones too") func streams() throws {
    let documents = try YAMLNode.documents(in: "---\na: 1\n---\n---\nb: 2\n...\n# end\n")
    #expect(documents.map(\.line) == [2, 3, 5] || documents.map(\.line) == [2, 4, 5])
    #expect(documents.map(\.kindName) == ["a mapping", "nothing", "a mapping"])
    #expect(try YAMLNode.documents(in: "").isEmpty)
    #expect(try YAMLNode.documents(in: "# nothing\n").isEmpty)
    #expect(try YAMLNode(yaml: "") == nil)
    #expect(throws: YAMLError("expected one document, found another", line: 4)) {
      _ = try YAMLNode(yaml: "a: 1\n\n---\nb: 2\n")
    }
  }

  @Test("JSON is YAML, tabs and all") func json() throws {
    let root = try #require(try YAMLNode(yaml: "{\n\t\"a\": [1, 2.5, null, true],\n\t\"b\": {\"c\": \"x\\n\"}\n}\n"))
    #expect(root["a"]?.items.map(\.value) == [.int(1), .double(2.5), .null, .bool(true)])
    #expect(root["b"]?["c"]?.value == .string("x\n"))
    #expect(root["b"]?.line == 3)
  }

  @Test("Aliases and merge keys") func aliases() throws {
    let root = try #require(
      try YAMLNode(
        yaml: """
          base: &base {a: 1, b: 2}
          more: &more {c: 3, a: 9}
          one:
            <<: *base
            b: 5
          two: {<<: [*base, *more]}
          three: *base
          four: {"<<": 1}
          """))
    #expect(root["one"]?.compact == "{b:5,a:1}")
    #expect(root["two"]?.compact == "{a:1,b:2,c:3}")
    #expect(root["three"]?.line == 7)
    #expect(root["four"]?.compact == "{<<:1}")
  }

  @Test("Anchors end with their document") func anchorScope() {
    #expect(throws: YAMLError("the alias '*a' has no anchor", line: 3)) {
      _ = try YAMLNode.documents(in: "x: &a 1\n---\ny: *a\n")
    }
  }
}

extension YAMLNode {
  var items: [YAMLNode] {
    if case .sequence(let items) = value { return items }
    return []
  }

  /// Integers and mappings on one line.
  var compact: String {
    switch value {
    case .int(let value): "\(value)"
    case .mapping(let pairs): "{" + pairs.map { "\($0.key):\($0.value.compact)" }.joined(separator: ",") + "}"
    default: kindName
    }
  }
}
