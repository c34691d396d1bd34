internal import CJSONC
internal import Glibc

/// A member's name, borrowed like the value that it came with.
public struct JSONKey {
  @usableFromInline let text: UnsafeRawPointer
  @usableFromInline let count: Int

  init(_ text: UnsafePointer<CChar>) {
    self.text = UnsafeRawPointer(text)
    self.count = strlen(text)
  }

  /// Lets `switch key { case "model": … }` compare bytes without making a `String`.
  @inlinable
  public static func ~= (name: StaticString, key: JSONKey) -> Bool {
    // Most comparisons of a switch end at the length.
    name.utf8CodeUnitCount == key.count && key.hasBytes(name.utf8Start)
  }

  @usableFromInline
  func hasBytes(_ other: UnsafePointer<UInt8>) -> Bool { memcmp(other, text, count) == 0 }

  /// Lends the name's UTF-8 bytes.
  public var utf8: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: text, count: count) }

  /// The name as a string.
  public var string: String { String(decoding: utf8, as: UTF8.self) }
}

/// The members of an object in source order; empty for anything but an object.
public struct JSONMembers: Sequence, IteratorProtocol {
  private var entry: UnsafePointer<lh_entry>?

  init(_ object: OpaquePointer?) {
    guard json_object_get_type(object) == json_type_object else { return }
    entry = understudy_json_first_member(object)
  }

  /// The next member.
  public mutating func next() -> (key: JSONKey, value: JSONValue)? {
    guard let entry, let key = understudy_json_member_key(entry) else { return nil }
    self.entry = understudy_json_next_member(entry)
    return (JSONKey(key), JSONValue(understudy_json_member_value(entry)))
  }
}

/// The elements of an array; empty for anything but an array.
public struct JSONElements: Sequence, IteratorProtocol {
  private let object: OpaquePointer?
  private var index = 0
  private let count: Int

  init(_ object: OpaquePointer?) {
    self.object = object
    count = json_object_get_type(object) == json_type_array ? json_object_array_length(object) : 0
  }

  /// How many elements are left.
  public var underestimatedCount: Int { count - index }

  /// The next element.
  public mutating func next() -> JSONValue? {
    guard index < count else { return nil }
    defer { index += 1 }
    return JSONValue(json_object_array_get_idx(object, index))
  }
}

extension JSONValue {
  /// The members of an object in source order; empty for anything else.
  public var members: JSONMembers { JSONMembers(object) }

  /// The elements of an array; empty for anything else.
  public var elements: JSONElements { JSONElements(object) }

  /// The number of elements of an array or members of an object; 0 for anything else.
  public var count: Int {
    switch json_object_get_type(object) {
    case json_type_array: json_object_array_length(object)
    case json_type_object: Int(json_object_object_length(object))
    default: 0
    }
  }

  /// The element at `index`, or nil when there is none.
  public func element(_ index: Int) -> JSONValue? {
    guard json_object_get_type(object) == json_type_array, index >= 0, index < json_object_array_length(object)
    else { return nil }
    return JSONValue(json_object_array_get_idx(object, index))
  }

  /// The member called `name`, or nil when there is none. To read several, iterate `members` instead.
  public func member(_ name: StaticString) -> JSONValue? {
    guard json_object_get_type(object) == json_type_object else { return nil }
    var value: OpaquePointer?
    // A StaticString of UTF-8 is followed by a NUL.
    let found = name.utf8Start.withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount + 1) {
      json_object_object_get_ex(object, $0, &value)
    }
    return found != 0 ? JSONValue(value) : nil
  }
}
