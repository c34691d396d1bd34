/// Text that is not YAML, or more of it than the limits allow.
public struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, without the place.
  public var message: String
  /// Where, counted from 1.
  public var line: Int

  /// The error `message` at `line`.
  public init(_ message: String, line: Int) {
    self.message = message
    self.line = line
  }

  /// `line N: message`.
  public var description: String { "line \(line): \(message)" }
}
