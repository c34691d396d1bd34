import ArgumentParser

/// A type that a flag's words become.
protocol FlagValue: Sendable {
  /// The shape of words that make such a value.
  static var kind: FlagKind { get }

  /// The value of well-formed words; nil for others.
  init?(words: [String])
}

extension FlagValue where Self: ExpressibleByArgument {
  init?(words: [String]) {
    guard let word = words.first else { return nil }
    self.init(argument: word)
  }
}

extension Bool: FlagValue {
  static var kind: FlagKind { .boolean }

  init?(words: [String]) {
    guard let value = words.first.flatMap(BooleanText.parse) else { return nil }
    self = value
  }
}

extension Int: FlagValue { static var kind: FlagKind { .integer } }
extension Double: FlagValue { static var kind: FlagKind { .number } }
extension String: FlagValue { static var kind: FlagKind { .text } }
extension HumanInteger: FlagValue { static var kind: FlagKind { .humanInteger } }
extension Milliseconds: FlagValue { static var kind: FlagKind { .duration } }
extension Seconds: FlagValue { static var kind: FlagKind { .seconds } }

extension WordList: FlagValue {
  static var kind: FlagKind { .list }

  init?(words: [String]) { self.init(words) }
}
