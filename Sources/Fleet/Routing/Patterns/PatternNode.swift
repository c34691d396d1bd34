/// A parsed regular expression.
indirect enum PatternNode {
  /// What has no width.
  enum Assertion: Sendable {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
  }

  /// Nothing.
  case empty
  /// One scalar.
  case one(ScalarSet)
  /// All, one after the other.
  case sequence([PatternNode])
  /// Any of them.
  case anyOf([PatternNode])
  /// At least `min` and at most `max` times; nil for any number.
  case repeated(PatternNode, min: Int, max: Int?)
  case assertion(Assertion)
}

/// Why a text is not a pattern.
struct PatternError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
