/// Why there is no way to an API server; says in words what to change.
public struct ConfigurationProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The words.
  public var description: String

  /// The problem `description`.
  public init(_ description: String) { self.description = description }
}
