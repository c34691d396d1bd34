/// Bounds on what a document may make the parser do.
public struct JSONLimits: Equatable, Sendable {
  /// Arrays and objects inside one another; at least 1.
  public var maxDepth = 64
  /// Arrays and objects in all; json-c needs about a kilobyte for each, however short its text is.
  public var maxContainers = 100_000
  /// Bytes of text that the parser may keep for its next document; more is given back.
  public var maxRetainedBytes = 64 << 10

  /// The defaults: 64 levels, 100,000 containers.
  public init() {}
}
