internal import CJSONC

/// What a JSON value is; integers and other numbers are told apart by their spelling.
public enum JSONKind: Equatable, Sendable {
  case null, boolean, integer, double, string, array, object

  /// The kind with its article, for messages: "a string".
  public var phrase: String {
    switch self {
    case .null: "null"
    case .boolean: "a boolean"
    case .integer: "an integer"
    case .double: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// A number seen as an integer.
public enum JSONInteger: Equatable, Sendable {
  case exact(Int64)
  /// An integer by spelling or value that `Int64` does not hold; -2^63 counts too, since json-c saturates there.
  case outOfRange
  case fractional(Double)
}

/// A value inside a document, borrowed: valid only inside the `JSONDocument.withRoot` call that led to it.
///
/// It is a bare pointer into json-c's tree, so that walking a document costs no reference counting.
public struct JSONValue {
  /// nil is JSON's null, as in json-c.
  let object: OpaquePointer?

  @usableFromInline
  init(_ object: OpaquePointer?) {
    self.object = object
  }

  /// What this value is.
  public var kind: JSONKind {
    switch json_object_get_type(object) {
    case json_type_boolean: .boolean
    case json_type_double: .double
    case json_type_int: .integer
    case json_type_object: .object
    case json_type_array: .array
    case json_type_string: .string
    default: .null
    }
  }

  /// True for `null`.
  public var isNull: Bool { object == nil }

  /// The truth value, or nil for anything but a boolean.
  public var bool: Bool? {
    json_object_get_type(object) == json_type_boolean ? json_object_get_boolean(object) != 0 : nil
  }

  /// The number as an integer, or nil for anything but a number. `64.0` is exactly 64.
  public var integer: JSONInteger? {
    switch json_object_get_type(object) {
    case json_type_int:
      let value = json_object_get_int64(object)
      // json-c saturates silently: at the low end to Int64.min, at the high end as an unsigned number.
      if value == Int64.min { return .outOfRange }
      if value == Int64.max, json_object_get_uint64(object) > UInt64(Int64.max) { return .outOfRange }
      return .exact(value)
    case json_type_double:
      let value = json_object_get_double(object)
      guard value.isFinite, value.magnitude < 0x1p63 else { return .outOfRange }
      if value == value.rounded(.towardZero) { return .exact(Int64(value)) }
      return .fractional(value)
    default: return nil
    }
  }

  /// The number as a double, infinite when it is out of a double's range (`1e400`), or nil for anything but a number.
  public var double: Double? {
    switch json_object_get_type(object) {
    case json_type_double: json_object_get_double(object)
    case json_type_int: json_object_get_double(object)
    default: nil
    }
  }

  /// The text of a string, or nil for anything else.
  public var string: String? {
    guard json_object_get_type(object) == json_type_string else { return nil }
    return withUTF8 { String(decoding: $0, as: UTF8.self) }
  }

  /// The UTF-8 text of a string, or nil for anything else. May contain NUL.
  public var utf8: [UInt8]? {
    guard json_object_get_type(object) == json_type_string else { return nil }
    return withUTF8 { [UInt8]($0) }
  }

  /// Lends the UTF-8 text of a string without copying; empty for anything but a string.
  public func withUTF8<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    guard json_object_get_type(object) == json_type_string, let text = json_object_get_string(object) else {
      return body(UnsafeRawBufferPointer(start: nil, count: 0))
    }
    // The text lives as long as the tree; its length is json-c's own, so NULs inside it count.
    return body(UnsafeRawBufferPointer(start: text, count: Int(json_object_get_string_len(object))))
  }
}
