import Testing

@testable import Simulation

@Suite struct TokenMemoryTests {
  private func tokens(_ text: String) -> TokenSequence { SimpleTokenizer().tokenize(text) }

  @Test func remembersText() {
    var memory = TokenMemory(capacity: 100)
    let seen = tokens("Grüße, `welt`!")
    #expect(memory.text(of: seen.ids) == nil)
    memory.remember(seen)
    #expect(memory.text(of: seen.ids) == Array("Grüße, `welt`!".utf8))
    #expect(memory.text(of: 12345) == nil)
    #expect(memory.text(of: []) == [])
  }

  @Test func alwaysKnowsThePool() {
    let memory = TokenMemory(capacity: 0)
    let table = SentencePool.standard.table
    #expect(memory.text(of: table.ids) == table.bytes)
  }

  @Test func forgetsTheOldestFirst() {
    var memory = TokenMemory(capacity: 3)
    for word in ["one", "two", "three", "one", "four", "five"] { memory.remember(tokens(word)) }
    #expect(memory.count == 3)
    let known = ["one", "two", "three", "four", "five"].map { memory.text(of: tokens($0).ids) != nil }
    #expect(known == [false, false, true, true, true])
  }

  @Test func boundedInBytes() {
    var memory = TokenMemory(capacity: 1000, byteCapacity: 10)
    for word in ["abcd", "efgh", "ijkl", "tooLongForAll"] { memory.remember(tokens(word)) }
    #expect(memory.count == 2)
    #expect(memory.text(of: tokens("abcd").ids) == nil)
    #expect(memory.text(of: tokens("efghijkl").ids) == nil)
    #expect(memory.text(of: tokens("ijkl").ids) == Array("ijkl".utf8))
  }

  @Test func staysBoundedForLong() {
    var memory = TokenMemory(capacity: 50)
    for number in 0..<20_000 { memory.remember(tokens("n\(number)")) }
    #expect(memory.count == 50)
    for number in 19_950..<20_000 { #expect(memory.text(of: tokens("n\(number)").ids) != nil) }
    #expect(memory.text(of: tokens("n19949").ids) == nil)
  }
}
