import JSON

/// JSON text for messages and dotted flags.
enum JSONText {
  /// A string with its quotes and escapes.
  static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.appendJSON(text)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The value of a dotted flag: `--x.a.b 5` is `{"a":{"b":5}}`.
  static func nested(_ value: String, at path: Substring) -> String {
    let isLiteral = ["true", "false", "null"].contains(value) || NumberText.parse(value) != nil
    let isComposite = value.hasPrefix("{") || value.hasPrefix("[")
    let leaf = isLiteral || isComposite ? value : quoted(value)
    return path.split(separator: ".").reversed().reduce(leaf) { inner, key in "{\(quoted(String(key))):\(inner)}" }
  }
}
