/// A label's value that lists adapters with commas between them (vLLM, `lora_requests_info`).
enum AdapterNames {
  /// The names, without blanks around them, empty ones left out; `text` is as on the page, escaped.
  static func names(_ text: [UInt8]) -> Set<String> {
    var names: Set<String> = []
    for part in unescaped(text).split(separator: UInt8(ascii: ",")) {
      guard let first = part.firstIndex(where: { !isBlank($0) }), let last = part.lastIndex(where: { !isBlank($0) })
      else { continue }
      names.insert(String(decoding: part[first...last], as: UTF8.self))
    }
    return names
  }

  private static func unescaped(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(UInt8(ascii: "\\")) else { return text }
    var plain: [UInt8] = []
    var isEscaped = false
    for byte in text {
      if isEscaped {
        plain.append(byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else {
        plain.append(byte)
      }
    }
    return plain
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
}
