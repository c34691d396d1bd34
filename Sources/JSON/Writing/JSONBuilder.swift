/// A JSON text in the making: commas come by themselves, keys keep their order.
///
/// For what is written now and then. Answers on a request's path append their bytes themselves.
public struct JSONBuilder: Sendable {
  /// What has been written.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// Nothing written yet.
  public init() {}

  /// An object as a text of its own.
  public static func object(_ body: (inout JSONBuilder) -> Void) -> String {
    var builder = JSONBuilder()
    builder.object(nil, body)
    return String(decoding: builder.bytes, as: UTF8.self)
  }

  /// Writes an object whose members `body` writes; without a key where it stands in an array or alone.
  public mutating func object(_ key: String? = nil, _ body: (inout JSONBuilder) -> Void) {
    begin(key, UInt8(ascii: "{"))
    body(&self)
    end(UInt8(ascii: "}"))
  }

  /// Writes an array whose elements `body` writes.
  public mutating func array(_ key: String? = nil, _ body: (inout JSONBuilder) -> Void) {
    begin(key, UInt8(ascii: "["))
    body(&self)
    end(UInt8(ascii: "]"))
  }

  /// Writes an array of strings.
  public mutating func add(_ key: String? = nil, _ values: [String]) {
    array(key) { array in for value in values { array.add(nil, value) } }
  }

  /// Writes a string.
  public mutating func add(_ key: String? = nil, _ value: String) {
    prepare(key)
    bytes.appendJSON(value)
  }

  /// Writes true or false.
  public mutating func add(_ key: String? = nil, _ value: Bool) {
    prepare(key)
    bytes.appendJSON(value)
  }

  /// Writes an integer.
  public mutating func add(_ key: String? = nil, _ value: some FixedWidthInteger & SignedInteger) {
    prepare(key)
    bytes.appendJSON(value)
  }

  /// Writes a number in the shortest form that reads back equal; null for nil and where it is not finite.
  public mutating func add(_ key: String? = nil, _ value: Double?) {
    prepare(key)
    bytes.appendJSON(value ?? .nan)
  }

  private mutating func begin(_ key: String?, _ bracket: UInt8) {
    prepare(key)
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func prepare(_ key: String?) {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
    guard let key else { return }
    bytes.appendJSON(key)
    bytes.append(UInt8(ascii: ":"))
  }
}
