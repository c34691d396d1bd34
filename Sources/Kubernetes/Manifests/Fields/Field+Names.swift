/// Names with the limits that the CRDs of Gateway API and of its inference extension set; nil for absent fields.
extension Field {
  /// Text of at most `limit` characters, counted as Kubernetes does.
  func string(upTo limit: Int) throws(FieldError) -> String? {
    guard let text = try string() else { return nil }
    let count = text.unicodeScalars.count
    guard count <= limit else { throw error("at most \(limit) characters, got \(count)") }
    return text
  }

  /// Text that is there, not empty, and of at most `limit` characters.
  func name(upTo limit: Int) throws(FieldError) -> String {
    guard let text = try required().string(upTo: limit), !text.isEmpty else { throw error("may not be empty") }
    return text
  }

  /// An API group; empty for the core group.
  func group() throws(FieldError) -> String? {
    try matching("an API group of small letters, digits, '-' and '.'") { $0.isEmpty || NameText.isSubdomain($0) }
  }

  /// The kind of an object.
  func kind() throws(FieldError) -> String? {
    try matching("a kind of letters, digits and '-'") { NameText.isKind($0) }
  }

  /// The name of a namespace.
  func namespace() throws(FieldError) -> String? {
    try matching("a name of small letters, digits and '-'") { NameText.isLabel($0) }
  }

  /// The name of a part of an object, such as a listener.
  func sectionName() throws(FieldError) -> String? {
    try matching("a name of small letters, digits, '-' and '.'") { NameText.isSubdomain($0) }
  }

  /// A DNS name, with `*.` before it for all names below it.
  func hostname() throws(FieldError) -> String? {
    try matching("a host name of small letters, digits, '-' and '.'") { text in
      text.utf8.count <= 253 && NameText.isSubdomain(text.hasPrefix("*.") ? String(text.dropFirst(2)) : text)
    }
  }

  /// The protocol of a listener, which is there.
  func protocolName() throws(FieldError) -> String {
    let text = try name(upTo: 255)
    guard NameText.isProtocol(text) else { throw error("'\(text.prefix(40))' is not the name of a protocol") }
    return text
  }

  /// The name of a header or of a parameter of a query.
  func tokenName() throws(FieldError) -> String {
    let text = try name(upTo: 256)
    guard HeaderText.isName(text) else { throw error("'\(text.prefix(40))' is not the name of a header") }
    return text
  }

  /// A mapping of labels to the values that they must have; empty when absent.
  func labels() throws(FieldError) -> [String: String] {
    for (_, field) in try pairs() {
      _ = try field.matching("a label of letters, digits, '-', '_' and '.'") { NameText.isLabelValue($0) }
    }
    return try strings()
  }

  private func matching(_ expected: String, _ isValid: (String) -> Bool) throws(FieldError) -> String? {
    guard let text = try string() else { return nil }
    guard isValid(text) else { throw error("'\(text.prefix(40))' is not \(expected)") }
    return text
  }
}
