internal import JSON

/// Writes the beginning of a prompt, and stops when that is long enough.
struct PrefixText {
  private var bytes: [UInt8] = []
  private let limit: Int

  /// At most `limit` bytes; `expected` of them are likely.
  init(limit: Int, expected: Int = 0) {
    self.limit = max(limit, 0)
    bytes.reserveCapacity(min(self.limit, max(expected, 0)))
  }

  private var isFull: Bool { bytes.count >= limit }

  /// The text, cut at the limit.
  consuming func finish() -> [UInt8] {
    if bytes.count > limit { bytes.removeLast(bytes.count - limit) }
    return bytes
  }

  /// A completion's prompt: text, a list of texts, or tokens.
  mutating func write(prompt: JSONValue) {
    switch prompt.kind {
    case .string: write(text: prompt)
    case .array where prompt.element(0)?.kind == .string:
      var isFirst = true
      for element in prompt.elements {
        if isFull { break }
        if !isFirst { bytes.append(UInt8(ascii: " ")) }
        isFirst = false
        write(text: element)
      }
    default: write(prompt)
    }
  }

  /// Role and content of each message, in that order wherever the client has them.
  mutating func write(messages: JSONValue) {
    bytes.append(UInt8(ascii: "["))
    var isFirst = true
    for message in messages.elements {
      if isFull { break }
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      bytes.append(UInt8(ascii: "{"))
      let role = message.member("role")
      if let role {
        bytes.appendRaw("\"role\":")
        write(role)
      }
      if let content = message.member("content"), !content.isNull {
        bytes.appendRaw(role == nil ? "\"content\":" : ",\"content\":")
        write(content)
      }
      bytes.append(UInt8(ascii: "}"))
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// A list of objects with one field each; those without a value are left out.
  mutating func write(objects fields: [(name: StaticString, value: JSONValue?)]) {
    bytes.append(UInt8(ascii: "["))
    var isFirst = true
    for (name, value) in fields {
      guard let value, !isFull else { continue }
      bytes.appendRaw(isFirst ? "{\"" : ",{\"")
      isFirst = false
      bytes.appendRaw(name)
      bytes.appendRaw("\":")
      write(value)
      bytes.append(UInt8(ascii: "}"))
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// A value as compact JSON, members in their order. Recursion is bounded by the parser's depth limit.
  mutating func write(_ value: JSONValue) {
    if isFull { return }
    switch value.kind {
    case .string: value.withUTF8 { write(quoted: $0) }
    case .array:
      bytes.append(UInt8(ascii: "["))
      var isFirst = true
      for element in value.elements {
        if isFull { break }
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        write(element)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object:
      bytes.append(UInt8(ascii: "{"))
      var isFirst = true
      for (key, member) in value.members {
        if isFull { break }
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        write(quoted: key.utf8)
        bytes.append(UInt8(ascii: ":"))
        write(member)
      }
      bytes.append(UInt8(ascii: "}"))
    case .null, .boolean, .integer, .double: value.serialize(into: &bytes)
    }
  }

  private mutating func write(quoted text: UnsafeRawBufferPointer) {
    if isFull { return }
    // Escapes only make it longer. The few bytes beyond keep a character that ends there whole.
    bytes.appendJSON(utf8: UnsafeRawBufferPointer(rebasing: text.prefix(limit - bytes.count + 4)))
  }

  private mutating func write(text: JSONValue) {
    text.withUTF8 { bytes.append(contentsOf: $0.prefix(limit - min(bytes.count, limit))) }
  }
}
