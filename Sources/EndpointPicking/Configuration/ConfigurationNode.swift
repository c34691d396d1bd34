/// A value of a configuration, read from YAML or JSON by somebody else, and the line it stands on.
public struct ConfigurationNode: Sendable, Equatable {
  /// The kinds of values.
  public enum Content: Sendable, Equatable {
    /// Nothing.
    case null
    /// True or false.
    case bool(Bool)
    /// A whole number.
    case int(Int)
    /// Any other number.
    case double(Double)
    /// Text.
    case string(String)
    /// A list.
    case array([ConfigurationNode])
    /// Fields in the order of the source; a name may wrongly be there twice.
    case object([Field])
  }

  /// A field of an object.
  public struct Field: Sendable, Equatable {
    /// Its name.
    public var key: String
    /// Its value.
    public var value: ConfigurationNode
    /// The line of its name, from 1.
    public var line: Int?

    /// A field.
    public init(key: String, value: ConfigurationNode, line: Int? = nil) {
      self.key = key
      self.value = value
      self.line = line
    }
  }

  /// The value.
  public var value: Content
  /// Its line in the source, from 1; nil when unknown.
  public var line: Int?

  /// A value.
  public init(_ value: Content, line: Int? = nil) {
    self.value = value
    self.line = line
  }
}

extension ConfigurationNode {
  /// The value for a message, shortened.
  var summary: String? {
    switch value {
    case .null: "null"
    case .bool(let value): value.description
    case .int(let value): value.description
    case .double(let value): value.description
    case .string(let value): value.count > 80 ? "\(value.prefix(80))…" : value
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension ConfigurationNode: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Null.
  public init(nilLiteral: ()) { self.init(.null) }
  /// True or false.
  public init(booleanLiteral value: Bool) { self.init(.bool(value)) }
  /// A whole number.
  public init(integerLiteral value: Int) { self.init(.int(value)) }
  /// A number.
  public init(floatLiteral value: Double) { self.init(.double(value)) }
  /// Text.
  public init(stringLiteral value: String) { self.init(.string(value)) }
  /// A list.
  public init(arrayLiteral elements: ConfigurationNode...) { self.init(.array(elements)) }
  /// An object.
  public init(dictionaryLiteral elements: (String, ConfigurationNode)...) {
    self.init(.object(elements.map { Field(key: $0.0, value: $0.1) }))
  }
}
