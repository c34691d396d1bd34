import EndpointPicking
import Testing

@testable import Fleet

@Suite struct CandidateTests {
  struct Case: Sendable {
    var name: String
    /// The models of each member; nil when nobody knows.
    var members: [Set<String>?]
    var model: String
    var subset: [String]?
    var expected: Set<Int?>
  }

  static let cases: [Case] = [
    Case(name: "nobody knows", members: [nil, nil], model: "a", expected: [0, 1]),
    Case(name: "all serve it", members: [["a"], ["a"]], model: "a", expected: [0, 1]),
    Case(name: "one serves it", members: [["a"], ["b"], ["c"]], model: "b", expected: [1]),
    Case(name: "one serves it, of one nobody knows", members: [["a"], ["b"], nil], model: "b", expected: [1, 2]),
    Case(name: "of one nobody knows, others don't", members: [["a"], nil], model: "b", expected: [1]),
    Case(name: "nobody serves it", members: [["a"], ["b"]], model: "c", expected: [0, 1]),
    Case(name: "no members", members: [], model: "a", expected: [nil]),
    Case(name: "hint", members: [nil, nil, nil], model: "a", subset: ["10.0.0.2:8000"], expected: [1]),
    Case(
      name: "hint and model", members: [["a"], ["a"], ["b"]], model: "a", subset: ["10.0.0.2", "10.0.0.3"],
      expected: [1]),
    Case(name: "hint without the model", members: [["a"], ["b"]], model: "a", subset: ["10.0.0.2"], expected: [1]),
    Case(name: "hint of strangers", members: [["a"], nil], model: "a", subset: ["10.9.9.9:8000"], expected: [nil]),
    Case(name: "empty hint", members: [["a"]], model: "a", subset: [], expected: [nil]),
  ]

  @Test(arguments: cases) func chooses(_ example: Case) {
    let picker = Picking.picker(
      example.members.enumerated().map { Picking.endpoint($0, models: $1.map { SettableModels($0) }) })
    let hint = example.subset.map { SubsetHint($0) }
    #expect(picker.choices(Picking.request(example.model), subset: hint) == example.expected, "\(example.name)")
  }

  @Test func noticesAdaptersAtOnce() {
    let models = [SettableModels(["base"]), SettableModels(["base"])]
    let picker = Picking.picker(models.enumerated().map { Picking.endpoint($0, models: $1) })
    #expect(picker.choices(Picking.request("lora")) == [0, 1])
    models[1].set(["base", "lora"])
    #expect(picker.choices(Picking.request("lora")) == [1])
    models[0].set(["base", "lora"])
    models[1].set(["base"])
    #expect(picker.choices(Picking.request("lora")) == [0])
    #expect(picker.choices(Picking.request("base")) == [0, 1])
  }

  @Test func asksServersOncePerModel() {
    let models = (0..<10).map { _ in SettableModels(["a"]) }
    let picker = Picking.picker(models.enumerated().map { Picking.endpoint($0, models: $1) })
    for _ in 0..<100 { _ = picker.choice(Picking.request("a")) }
    #expect(models.map(\.questions) == Array(repeating: 1, count: 10))
    models[3].set(["a", "b"])
    for _ in 0..<100 { _ = picker.choice(Picking.request("a")) }
    #expect(models.map(\.questions) == Array(repeating: 2, count: 10))
  }

  @Test func remembersABoundedNumberOfModels() {
    var table = CandidateTable()
    table.setMembers([
      Picking.endpoint(0, models: SettableModels(["m7"])), Picking.endpoint(1, models: SettableModels(["x"])),
    ])
    for index in 0..<(3 * CandidateTable.limit) {
      #expect(table.indexes(for: "m\(index)") == (index == 7 ? [0] : nil))
      #expect(table.count <= CandidateTable.limit)
    }
    #expect(table.indexes(for: "m7") == [0])
  }
}
