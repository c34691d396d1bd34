extension Field {
  /// Text; nil when absent.
  func string() throws(FieldError) -> String? {
    guard let node else { return nil }
    guard case .string(let text) = node.value else {
      if let text = node.text {
        throw error("expected a string, got \(node.kindName): put it in quotes, \"\(text.prefix(40))\"")
      }
      throw mismatch("a string")
    }
    return text
  }

  /// Text that is there and not empty.
  func name() throws(FieldError) -> String {
    guard let text = try required().string(), !text.isEmpty else { throw error("may not be empty") }
    return text
  }

  /// A whole number within `range`; nil when absent.
  func integer(in range: ClosedRange<Int>) throws(FieldError) -> Int? {
    guard let node else { return nil }
    guard case .int(let value) = node.value else { throw mismatch("an integer") }
    guard range.contains(value) else { throw error("\(value) is not in \(range.lowerBound) to \(range.upperBound)") }
    return value
  }

  /// A port number; nil when absent.
  func port() throws(FieldError) -> Int? { try integer(in: 1...65535) }

  func boolean() throws(FieldError) -> Bool? {
    guard let node else { return nil }
    guard case .bool(let value) = node.value else { throw mismatch("a boolean") }
    return value
  }

  /// One of `cases`; nil when absent.
  func choice<T: RawRepresentable<String>>(of cases: [T]) throws(FieldError) -> T? {
    guard let text = try string() else { return nil }
    guard let choice = cases.first(where: { $0.rawValue == text }) else {
      let names = cases.map(\.rawValue).joined(separator: ", ")
      throw error("'\(text)' is not one of \(names)")
    }
    return choice
  }

  /// A mapping of text to text, such as labels; empty when absent.
  func strings() throws(FieldError) -> [String: String] {
    var strings: [String: String] = [:]
    for (key, field) in try pairs() { strings[key] = try field.string() ?? "" }
    return strings
  }

  /// A list of texts; empty when absent.
  func words() throws(FieldError) -> [String] {
    var words: [String] = []
    for item in try items() {
      guard let word = try item.string() else { throw item.mismatch("a string") }
      words.append(word)
    }
    return words
  }
}
