internal import EndpointPicking
internal import Kubernetes

/// Which of several matches for one host counts: the least (Gateway API v1.4, HTTPRouteRule `matches`).
///
/// Where a regular expression stands among paths is a gateway's own decision; here it stands after the other two.
struct RoutePrecedence: Comparable {
  private let path: Int
  private let prefixLength: Int
  private let isForAllMethods: Int
  private let headers: Int
  private let query: Int
  private let age: ObjectAge
  private let rule: Int

  /// That of `match` in the rule at position `rule` of a route of that age.
  init(_ match: HTTPRouteMatch, age: ObjectAge, rule: Int) {
    switch match.path {
    case .exact: (path, prefixLength) = (0, 0)
    case .prefix(let prefix): (path, prefixLength) = (1, PathPrefix.normalized(prefix).utf8.count)
    case .regularExpression: (path, prefixLength) = (2, 0)
    }
    isForAllMethods = match.method == nil ? 1 : 0
    headers = Set(match.headers.map { $0.name.lowercased() }).count
    query = Set(match.query.map(\.name)).count
    self.age = age
    self.rule = rule
  }

  static func < (a: RoutePrecedence, b: RoutePrecedence) -> Bool {
    if a.path != b.path { return a.path < b.path }
    if a.prefixLength != b.prefixLength { return a.prefixLength > b.prefixLength }
    if a.isForAllMethods != b.isForAllMethods { return a.isForAllMethods < b.isForAllMethods }
    if a.headers != b.headers { return a.headers > b.headers }
    if a.query != b.query { return a.query > b.query }
    if a.age != b.age { return a.age < b.age }
    return a.rule < b.rule
  }
}
