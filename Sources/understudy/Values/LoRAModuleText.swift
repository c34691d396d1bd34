import ModelServer

/// LoRA modules as `--lora-modules` takes them: `name=path`, a JSON object, or a JSON list of objects.
enum LoRAModuleText {
  /// The modules that one word declares.
  static func parse(_ word: String) throws(Complaint) -> [LoRAModule] {
    let text = String(word.trimmingSpaces())
    if text.hasPrefix("{") || text.hasPrefix("[") { return try parseJSON(text) }
    guard let equals = text.firstIndex(of: "=") else {
      throw Complaint("expected name=path or a JSON object with name and path, got '\(word)'")
    }
    let name = String(text[..<equals])
    guard !name.isEmpty else { throw Complaint("empty LoRA name") }
    return [LoRAModule(name: name, path: String(text[text.index(after: equals)...]))]
  }

  private static func parseJSON(_ text: String) throws(Complaint) -> [LoRAModule] {
    let node: ConfigNode
    do {
      node = try ConfigNode(yaml: text) ?? ConfigNode(line: 1, value: .null)
    } catch {
      throw Complaint("invalid JSON: \(error.reason) in '\(text)'")
    }
    if case .sequence(let items) = node.value {
      var modules: [LoRAModule] = []
      for item in items { modules.append(try module(item, of: text)) }
      return modules
    }
    return [try module(node, of: text)]
  }

  private static func module(_ node: ConfigNode, of text: String) throws(Complaint) -> LoRAModule {
    guard case .mapping(let pairs) = node.value else {
      throw Complaint("expected a JSON object with name and path, got '\(text)'")
    }
    var module = LoRAModule(name: "")
    for pair in pairs {
      if case .null = pair.value.value { continue }
      guard case .scalar(let value, _) = pair.value.value else {
        throw Complaint("'\(pair.key)' must be a string in '\(text)'")
      }
      switch pair.key {
      case "name": module.name = value
      case "path": module.path = value
      case "base_model_name": module.baseModelName = value
      // Fields that other releases know say nothing a stand-in needs.
      default: continue
      }
    }
    guard !module.name.isEmpty else { throw Complaint("empty LoRA name") }
    return module
  }
}

extension String {
  /// Without spaces and tabs and line ends at either end.
  fileprivate func trimmingSpaces() -> Substring {
    let trimmed = drop(while: \.isWhitespace)
    guard let last = trimmed.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return trimmed[...last]
  }
}
