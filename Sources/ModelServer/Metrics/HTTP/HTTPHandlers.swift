/// The routes' templates, which are the label `handler` of the HTTP series.
public struct HTTPHandlers: Sendable, Equatable {
  /// What vLLM leaves out. A pattern found anywhere in a template excludes it, as vLLM's regular expressions do; so
  /// `/load` also excludes `/v1/load_lora_adapter`.
  static let excludedPatterns = ["/metrics", "/health", "/load", "/ping", "/version", "/server_info"]

  /// In the order of the server's routes; an unknown path has the label `none`.
  public let templates: [String]
  /// One flag per template and one, the last, for unknown paths.
  let isExcluded: [Bool]
  /// For each template the first position with the same text, so that routes of one path share their series.
  let positions: [Int]

  /// `templates` are the server's routes in order, such as `/v1/models/{model}`; routes that differ only in their
  /// method may repeat one.
  public init(_ templates: [String]) {
    self.templates = templates
    isExcluded =
      templates.map { template in Self.excludedPatterns.contains { template.utf8.contains($0.utf8) } } + [false]
    positions = templates.map { templates.firstIndex(of: $0) ?? templates.count }
  }

  /// The position that stands for unknown paths.
  var none: Int { templates.count }

  /// Where a route's series are kept; nil, and any position beyond the routes, is an unknown path.
  func position(of route: Int?) -> Int {
    guard let route, positions.indices.contains(route) else { return none }
    return positions[route]
  }

  func label(of handler: Int) -> String { handler < templates.count ? templates[handler] : "none" }
}

extension Collection<UInt8> {
  fileprivate func contains(_ pattern: some Collection<UInt8>) -> Bool {
    var rest = self[...]
    while rest.count >= pattern.count {
      if rest.starts(with: pattern) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
