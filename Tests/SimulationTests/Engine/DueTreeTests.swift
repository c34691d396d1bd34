import Testing

@testable import Simulation

@Suite struct DueTreeTests {
  @Test(arguments: 0..<4)
  func agreesWithAList(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    var tree = DueTree()
    var list: [Int: Int64] = [:]
    for _ in 0..<20_000 {
      let index = generator.integer(in: 0...(seed == 0 ? 3 : 700))
      if generator.integer(in: 0...3) == 0 {
        tree.clear(index)
        list[index] = nil
      } else {
        let due = Int64(generator.integer(in: 0...500))
        tree.set(index, due: Instant(nanoseconds: due))
        list[index] = due
      }
      let earliest = list.min { ($0.value, $0.key) < ($1.value, $1.key) }
      #expect(tree.earliest?.nanoseconds == earliest?.value)
      if let earliest { #expect(tree.first == earliest.key) }
    }
    for index in 0...700 { #expect(tree.due(index)?.nanoseconds == list[index]) }
  }

  @Test func theEndOfTimeIsStillAnInstant() {
    var tree = DueTree()
    tree.set(9, due: Instant(nanoseconds: .max))
    #expect(tree.earliest != nil)
    #expect(tree.first == 9)
    tree.clear(9)
    #expect(tree.earliest == nil)
  }
}
