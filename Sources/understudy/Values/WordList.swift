import ArgumentParser

/// The words of a list flag; as an optional it tells "given, but empty" from "not given".
struct WordList: Equatable, Sendable, ExpressibleByArgument {
  let words: [String]

  init(_ words: [String]) { self.words = words }

  init?(argument: String) { words = [argument] }
}
