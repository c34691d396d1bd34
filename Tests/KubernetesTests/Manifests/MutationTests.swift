import Kubernetes
import Testing

@Suite("Damaged manifests")
struct MutationTests {
  static let texts = [
    RouteTests.route, InferenceResourceTests.pool, InferenceResourceTests.rewrite, InferenceResourceTests.model,
    WorkloadTests.deployment, WorkloadTests.pod,
  ]

  @Test("Each is read or has an error with its line, and none can crash the reader", arguments: 0..<8)
  func damaged(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func draw(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let pieces = ["[]", "{}", "~", "-1", "9223372036854775808", "''", "yes", "- ", "\n", " ", ": ", "\"", "1e400", "é"]
    for _ in 0..<150 {
      let words = Self.texts[draw(Self.texts.count)].split(separator: " ", omittingEmptySubsequences: false)
      var edited = words.map(String.init)
      for _ in 0...draw(3) { edited[draw(edited.count)] = pieces[draw(pieces.count)] }
      let text = edited.joined(separator: " ")
      let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
      let file = ManifestReader().read(text, file: "f")
      #expect(!file.objects.isEmpty || !file.errors.isEmpty)
      for error in file.errors + file.warnings {
        #expect((1...lines).contains(error.line), "\(error)")
        #expect(!error.reason.isEmpty)
      }
    }
  }

  @Test("Ten thousand rules are read in order") func many() throws {
    var text = """
      apiVersion: llm-d.ai/v1alpha2
      kind: InferenceModelRewrite
      metadata: {name: r}
      spec:
        poolRef: {name: p}
        rules:

      """
    for rule in 0..<10_000 {
      text += "  - {matches: [{model: {value: m\(rule)}}], targets: [{modelRewrite: t\(rule)}]}\n"
    }
    guard case .inferenceModelRewrite(let rewrite) = try object(text) else {
      Issue.record("no rewrite")
      return
    }
    #expect(rewrite.rules.count == 10_000)
    #expect(rewrite.rules.indices.allSatisfy { rewrite.rules[$0].models == ["m\($0)"] })
  }
}
