import Simulation
import Testing

@testable import EndpointPicking

/// GIE v1.5's table for its store of rewrites, and the rules of precedence.
@Suite struct RewriteTableTests {
  private func table(_ rewrites: InferenceModelRewrite...) -> RewriteTable { RewriteTable(rewrites) }
  private func id(_ name: String) -> ResourceID {
    ResourceID(kind: .inferenceModelRewrite, name: NamespacedName(namespace: "default", name: name))
  }

  @Test func simpleExact() {
    #expect(table(rewrite("r1", (["m1"], ["t": nil]))).rewrite(for: "m1") == id("r1"))
  }

  @Test func generic() {
    #expect(table(rewrite("r1", ([], ["t": nil]))).rewrite(for: "anything") == id("r1"))
  }

  @Test func noMatch() {
    #expect(table(rewrite("r1", (["m1"], ["t": nil]))).rewrite(for: "m2") == nil)
    #expect(table(rewrite("r1", (["m1"], ["t": nil]))).rewrite(for: "M1") == nil)
  }

  @Test func exactOverOlderGeneric() {
    let table = table(
      rewrite("generic", created: 1, ([], ["g": nil])), rewrite("exact", created: 2, (["m1"], ["e": nil])))
    #expect(table.rewrite(for: "m1") == id("exact"))
    #expect(table.rewrite(for: "m2") == id("generic"))
  }

  @Test(arguments: [[], ["m1"]]) func oldestWinsInAnyOrder(models: [String]) {
    let old = rewrite("b-old", created: 1, (models, ["old": nil]))
    let new = rewrite("a-new", created: 2, (models, ["new": nil]))
    #expect(table(old, new).rewrite(for: "m1") == id("b-old"))
    #expect(table(new, old).rewrite(for: "m1") == id("b-old"))
  }

  @Test func tiesGoByAppearanceThenName() {
    let one = rewrite("one", created: 1, (["m"], ["t": nil]))
    let two = rewrite("two", created: 1, (["m"], ["t": nil]))
    #expect(table(two, one).rewrite(for: "m") == id("one"))
    var appearedFirst = two
    appearedFirst.metadata.appearance = 0
    var appearedSecond = one
    appearedSecond.metadata.appearance = 1
    #expect(table(appearedSecond, appearedFirst).rewrite(for: "m") == id("two"))
  }

  @Test func listOrderWithinOneResource() {
    var bits = SplitMix64(seed: 1)
    var table = table(
      rewrite(
        "r", ([], ["generic": nil]), (["m1", "m2"], ["first": nil]), (["m2", "m3"], ["second": nil]),
        ([], ["never": nil])))
    for (model, target) in [("m1", "first"), ("m2", "first"), ("m3", "second"), ("m4", "generic")] {
      #expect(table.decide(model, using: &bits)?.targetModel == target)
    }
  }

  @Test func deletionFallsBack() {
    var table = table(
      rewrite("old", created: 1, (["m1"], ["t": nil])), rewrite("new", created: 2, (["m1"], ["t": nil])),
      rewrite("generic", created: 3, ([], ["g": nil])))
    for expected in ["old", "new", "generic"] {
      #expect(table.rewrite(for: "m1") == id(expected))
      let removed = table.remove(id(expected).name)
      #expect(removed)
    }
    #expect(table.rewrite(for: "m1") == nil)
    #expect(table.isEmpty)
  }

  @Test func deletingTheUnknownHasNoEffect() {
    var table = table(rewrite("r1", (["m1"], ["t": nil])))
    let removed = table.remove(NamespacedName(namespace: "other", name: "r1"))
    #expect(!removed)
    #expect(table.rewrite(for: "m1") == id("r1"))
  }

  @Test func updateOfTheSameName() {
    var table = table(rewrite("r1", (["m1"], ["t": nil])))
    table.set(rewrite("r1", (["m2"], ["t": nil])))
    #expect(table.rewrite(for: "m1") == nil)
    #expect(table.rewrite(for: "m2") == id("r1"))
    #expect(table.count == 1)
    #expect(Array(table.aliases) == ["m2"])
  }

  @Test func modelAndRewriteOfOneNameAreTwoObjects() {
    let model = InferenceModel(
      metadata: ObjectMetadata(name: "r"), poolRef: PoolReference(name: "pool"), modelName: "m",
      targetModels: [.init("old-style")])
    var table = table(model.rewrite, rewrite("r", (["n"], ["t": nil])))
    #expect(table.rewrite(for: "m") == model.id)
    #expect(table.rewrite(for: "n") == id("r"))
    table.remove(id("r"))
    #expect(table.rewrite(for: "m") == model.id)
  }

  @Test func rulesWithoutTargetsNeverMatch() {
    let table = table(
      rewrite("empty", created: 1, (["m"], [:]), ([], [:])), rewrite("r", created: 2, (["m"], ["t": 1])))
    #expect(table.rewrite(for: "m") == id("r"))
    #expect(table.rewrite(for: "x") == nil)
    #expect(!table.hasGenericRule)
  }

  @Test func noChaining() {
    var bits = SplitMix64(seed: 1)
    var table = table(rewrite("r", (["a"], ["b": nil]), (["b"], ["a": nil])))
    #expect(table.decide("a", using: &bits)?.targetModel == "b")
    #expect(table.decide("b", using: &bits)?.targetModel == "a")
  }

  @Test func anUnchangedObjectKeepsItsSplit() {
    var bits = SplitMix64(seed: 1)
    let canary = rewrite("r", (["m"], ["a": 1, "b": 1]))
    var table = RewriteTable([canary], mode: .smooth)
    var seen: [String?] = []
    for _ in 0..<4 {
      seen.append(table.decide("m", using: &bits)?.targetModel)
      table.set(canary)
    }
    #expect(seen == ["a", "b", "a", "b"])
  }

  @Test func tenThousandRulesAreLookedUpAsFastAsTen() {
    func nanoseconds(rules: Int) -> Double {
      var bits = SplitMix64(seed: 3)
      var table = RewriteTable(
        (0..<rules).map { rewrite("r\($0)", created: Int64($0), (["model-\($0)"], ["t": 9, "u": 1])) })
      let models = (0..<10).map { "model-\($0 * (rules / 10))" }
      return (0..<5).map { _ in
        let time = ContinuousClock().measure {
          for round in 0..<2000 { _ = table.decide(models[round % 10], using: &bits) }
        }
        return time / .nanoseconds(1)
      }.min() ?? .infinity
    }
    // A search through the rules would take a thousand times as long.
    #expect(nanoseconds(rules: 10_000) < 30 * nanoseconds(rules: 10))
  }
}
