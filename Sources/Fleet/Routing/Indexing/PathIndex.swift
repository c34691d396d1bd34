/// Finds the match that counts by path: an exact one, the longest prefix, a pattern.
struct PathIndex: Sendable {
  private var exact: [String: FieldIndex] = [:]
  private var prefixes: [String: FieldIndex] = [:]
  /// The lengths of all prefixes, the longest first.
  private let prefixLengths: [Int]
  private var patterns: [(pattern: Pattern, entry: RouteEntry)] = []

  /// - Parameter entries: in the order of precedence.
  init(_ entries: [RouteEntry]) {
    var exact: [String: [RouteEntry]] = [:]
    var prefixes: [String: [RouteEntry]] = [:]
    for entry in entries {
      switch entry.path {
      case .exact(let path): exact[path, default: []].append(entry)
      case .prefix(let prefix): prefixes[prefix, default: []].append(entry)
      case .pattern(let pattern): patterns.append((pattern, entry))
      }
    }
    prefixLengths = Set(prefixes.keys.map(\.utf8.count)).sorted(by: >)
    self.exact = exact.mapValues { FieldIndex($0) }
    self.prefixes = prefixes.mapValues { FieldIndex($0) }
  }

  func first(for request: some RouteRequest) -> RouteEntry? {
    let path = request.path
    if !exact.isEmpty, let entry = exact[path]?.first(for: request) { return entry }
    for length in prefixLengths {
      guard let prefix = PathPrefix.elements(of: path, length: length) else { continue }
      if let entry = prefixes[String(prefix)]?.first(for: request) { return entry }
    }
    for (pattern, entry) in patterns where entry.accepts(request) && pattern.matches(path) { return entry }
    return nil
  }
}
