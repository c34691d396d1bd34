/// A container's variables, and what `$(NAME)` means in its command (Kubernetes, "Dependent environment variables").
struct ContainerEnvironment {
  private(set) var values: [String: String] = [:]

  init(_ variables: [Container.Variable], podField: (String) -> String?) {
    for variable in variables {
      switch variable.source {
      case .value(let text): values[variable.name] = expand(text)
      case .podField(let path): values[variable.name] = podField(path)
      case .cluster: values[variable.name] = nil
      }
    }
  }

  /// `$(NAME)` becomes the value; it stays when there is none, and `$$` becomes `$`, so that `$$(NAME)` is literal.
  func expand(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "$" {
        result += "$"
        rest.removeFirst()
      } else if rest.first == "(", let end = rest.firstIndex(of: ")") {
        let name = rest[rest.index(after: rest.startIndex)..<end]
        result += values[String(name)] ?? "$(\(name))"
        rest = rest[rest.index(after: end)...]
      } else {
        result += "$"
      }
    }
    return result + rest
  }
}
