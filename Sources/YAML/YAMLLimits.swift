/// How much a text may hold, so that no text can exhaust memory, the stack, or patience.
public struct YAMLLimits: Hashable, Sendable {
  /// The longest text, in bytes of UTF-8.
  public var bytes: Int
  /// How deeply sequences and mappings may nest; at most 500 has an effect.
  public var depth: Int
  /// How many values all aliases (`*name`) of one text may stand for, together.
  public var aliasedValues: Int

  /// Enough for any list of manifests that people keep in one file.
  public init(bytes: Int = 16 << 20, depth: Int = 64, aliasedValues: Int = 10_000) {
    self.bytes = bytes
    self.depth = depth
    self.aliasedValues = aliasedValues
  }
}
