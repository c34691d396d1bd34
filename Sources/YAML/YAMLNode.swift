/// A value of a YAML text and the line that it stands on.
public struct YAMLNode: Equatable, Sendable {
  /// The value with its type.
  public indirect enum Value: Equatable, Sendable {
    /// `null`, `~`, or nothing at all.
    case null
    /// See `ScalarSchema` for the words.
    case bool(Bool)
    /// A whole number that fits.
    case int(Int)
    /// Every other number.
    case double(Double)
    /// Text.
    case string(String)
    /// A list.
    case sequence([YAMLNode])
    /// Keys and values in the order of the text, no key twice.
    case mapping([Pair])
  }

  /// A key of a mapping with its value.
  public struct Pair: Equatable, Sendable {
    /// The key as written: `yes: 1` has the key `yes`.
    public var key: String
    /// The key's line.
    public var line: Int
    /// What it stands for.
    public var value: YAMLNode

    /// The key `key` at `line`.
    public init(key: String, line: Int, value: YAMLNode) {
      self.key = key
      self.line = line
      self.value = value
    }
  }

  /// Where it begins, counted from 1; for an alias, where the alias stands.
  public var line: Int
  /// The value with its type.
  public var value: Value
  /// A scalar's text without quotes, before it was given a type; nil for sequences and mappings.
  public var text: String?
  /// It is a scalar in quotes or a block, so that it is a string whatever it looks like.
  public var isQuoted: Bool

  /// The value `value` at `line`.
  public init(line: Int, value: Value, text: String? = nil, isQuoted: Bool = false) {
    self.line = line
    self.value = value
    self.text = text
    self.isQuoted = isQuoted
  }
}

extension YAMLNode {
  /// The value of `key`; nil when this is no mapping or has no such key.
  public subscript(_ key: String) -> YAMLNode? {
    guard case .mapping(let pairs) = value else { return nil }
    return pairs.first { $0.key == key }?.value
  }

  /// What kind of value this is, for messages: "expected a string, got a list".
  public var kindName: String {
    switch value {
    case .null: "nothing"
    case .bool: "a boolean"
    case .int: "an integer"
    case .double: "a number"
    case .string: "a string"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}
