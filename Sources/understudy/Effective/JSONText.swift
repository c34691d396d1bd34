import JSON

/// JSON text for messages, dotted flags and the effective configuration; nothing on a request's path.
enum JSONText {
  /// A string with its quotes and escapes.
  static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.appendJSON(text)
    return String(decoding: bytes, as: UTF8.self)
  }

  static func array(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }

  /// The value of a dotted flag: `--x.a.b 5` is `{"a":{"b":5}}`.
  static func nested(_ value: String, at path: Substring) -> String {
    let isLiteral = ["true", "false", "null"].contains(value) || NumberText.parse(value) != nil
    let isComposite = value.hasPrefix("{") || value.hasPrefix("[")
    let leaf = isLiteral || isComposite ? value : quoted(value)
    return path.split(separator: ".").reversed().reduce(leaf) { inner, key in "{\(quoted(String(key))):\(inner)}" }
  }
}

/// A JSON object that keeps the order of its keys.
struct JSONObjectText {
  private var members: [String] = []

  mutating func add(_ key: String, json: String) { members.append(JSONText.quoted(key) + ":" + json) }
  mutating func add(_ key: String, _ value: String) { add(key, json: JSONText.quoted(value)) }
  mutating func add(_ key: String, _ value: Int) { add(key, json: String(value)) }
  mutating func add(_ key: String, _ value: Bool) { add(key, json: String(value)) }
  mutating func add(_ key: String, _ value: Double) { add(key, json: "\(value)") }
  mutating func add(_ key: String, _ values: [String]) { add(key, json: JSONText.array(values.map(JSONText.quoted))) }

  var text: String { "{" + members.joined(separator: ",") + "}" }
}
