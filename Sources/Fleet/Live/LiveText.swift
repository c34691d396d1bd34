internal import JSON

/// A JSON text in the making: commas come by themselves, numbers are rounded to what a page can show.
struct LiveText {
  /// The longest name that is shown whole, in Unicode characters; a client can make up model names as long as a body.
  static let longestName = 256

  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  static func shortened(_ text: String) -> String {
    text.utf8.count <= longestName ? text : String(text.prefix(longestName - 1)) + "…"
  }

  mutating func object(_ key: StaticString? = nil, _ body: (inout LiveText) -> Void) {
    begin(key, UInt8(ascii: "{"))
    body(&self)
    end(UInt8(ascii: "}"))
  }

  mutating func array(_ key: StaticString? = nil, _ body: (inout LiveText) -> Void) {
    begin(key, UInt8(ascii: "["))
    body(&self)
    end(UInt8(ascii: "]"))
  }

  mutating func add(_ key: StaticString? = nil, _ value: String) {
    prepare(key)
    bytes.appendJSON(Self.shortened(value))
  }

  mutating func add(_ key: StaticString? = nil, _ value: Bool) {
    prepare(key)
    bytes.appendJSON(value)
  }

  mutating func add(_ key: StaticString? = nil, _ value: Int) {
    prepare(key)
    bytes.appendJSON(value)
  }

  /// With three digits behind the point; null for nil.
  mutating func add(_ key: StaticString? = nil, _ value: Double?) {
    prepare(key)
    guard let value, value.isFinite else { return bytes.appendRaw("null") }
    let rounded = (value * 1_000).rounded() / 1_000
    if rounded == rounded.rounded(), rounded.magnitude < 1e15 {
      bytes.appendJSON(Int64(rounded))
    } else {
      bytes.appendJSON(rounded)
    }
  }

  private mutating func begin(_ key: StaticString?, _ bracket: UInt8) {
    prepare(key)
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func prepare(_ key: StaticString?) {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
    guard let key else { return }
    bytes.append(UInt8(ascii: "\""))
    bytes.appendRaw(key)
    bytes.appendRaw("\":")
  }
}
