import Simulation

/// The shape of a flag's value, which decides how many words it takes and which of them are well formed.
enum FlagKind: Sendable, Equatable {
  /// `--x`, `--no-x`, `--x=false` and `--x false`.
  case boolean
  case text
  case integer
  /// An integer with vLLM's suffixes (`32k`, `32K`), or -1 or `auto`.
  case humanInteger
  case number
  /// Go's duration syntax, or a plain number of milliseconds.
  case duration
  /// Go's duration syntax, or a plain number of seconds.
  case seconds
  /// Words up to the next flag; after `=` exactly one.
  case list
  /// A word, or none.
  case optionalText
  /// A JSON value; also `--x.key value`.
  case json

  /// Why `value` has not this shape; nil when it has.
  func complaint(about value: String) -> String? {
    switch self {
    case .boolean:
      BooleanText.parse(value) == nil ? "expected true or false, got '\(value)'" : nil
    case .integer:
      IntegerText.complaint(about: value)
    case .humanInteger:
      HumanInteger.complaint(about: value)
    case .number:
      NumberText.parse(value) == nil ? "expected a number, got '\(value)'" : nil
    case .duration:
      DurationText.parse(value, plain: .milliseconds(1)) == nil
        ? "expected a duration such as 250us, 30ms or 1.5s, or a number of milliseconds, got '\(value)'" : nil
    case .seconds:
      DurationText.parse(value, plain: .seconds(1)) == nil
        ? "expected a number of seconds or a duration such as 1.5s, got '\(value)'" : nil
    case .text, .list, .optionalText, .json:
      nil
    }
  }
}
