extension YAMLNode {
  /// The documents of a YAML text, in order; JSON is YAML. A text of comments alone has none.
  ///
  /// Merge keys (`<<`) are resolved, with a mapping's own keys first. Aliases are replaced by what they stand for,
  /// within `limits`. JSON's escapes of characters outside the basic plane (`\ud83d\ude00`) are refused, as libyaml does.
  public static func documents(
    in text: String, limits: YAMLLimits = YAMLLimits()
  ) throws(YAMLError) -> [YAMLNode] {
    guard text.utf8.count <= limits.bytes else {
      throw YAMLError("more than \(limits.bytes) bytes of YAML", line: 1)
    }
    var builder = TreeBuilder(text, limits: limits)
    return try builder.documents()
  }

  /// The only document of a YAML text; nil for an empty text, an error for several.
  public init?(yaml text: String, limits: YAMLLimits = YAMLLimits()) throws(YAMLError) {
    let documents = try Self.documents(in: text, limits: limits)
    if documents.count > 1 { throw YAMLError("expected one document, found another", line: documents[1].line) }
    guard let document = documents.first else { return nil }
    self = document
  }
}
