/// Lists that vLLM takes as one JSON word, such as `--allowed-origins '["*"]'`.
enum JSONListText {
  /// The words, with a single JSON list among them replaced by its items.
  static func expand(_ words: [String]) throws(Complaint) -> [String] {
    guard words.count == 1, words[0].hasPrefix("[") else { return words }
    do {
      guard case .sequence(let items) = try ConfigNode(yaml: words[0])?.value else { return words }
      var texts: [String] = []
      for item in items {
        guard case .scalar(let text, _) = item.value else { throw ConfigSyntaxError(line: 1, reason: "not a string") }
        texts.append(text)
      }
      return texts
    } catch {
      throw Complaint("expected words or a JSON list of strings, got '\(words[0])'")
    }
  }
}
