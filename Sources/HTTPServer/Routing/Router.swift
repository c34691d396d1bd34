/// Finds a route by method and path. A path may end in "/*", which takes the rest as a parameter.
public struct Router<Route: Sendable>: Sendable {
  /// What a request leads to.
  public enum Match {
    case route(Route, parameter: String?)
    /// The path exists, but not with this method; the value of an Allow header.
    case methodNotAllowed(allow: String)
    case notFound
  }

  private var exact: [String: [(HTTPMethod, Route)]] = [:]
  private var prefixes: [(prefix: String, routes: [(HTTPMethod, Route)])] = []

  /// A router that finds nothing.
  public init() {}

  /// Adds a route; GET answers HEAD too.
  public mutating func add(_ method: HTTPMethod, _ path: String, _ route: Route) {
    let added = method == .get ? [(HTTPMethod.get, route), (.head, route)] : [(method, route)]
    guard path.hasSuffix("/*") else { return exact[path, default: []].append(contentsOf: added) }
    let prefix = String(path.dropLast())
    if let index = prefixes.firstIndex(where: { $0.prefix == prefix }) {
      prefixes[index].routes.append(contentsOf: added)
    } else {
      prefixes.append((prefix, added))
    }
  }

  /// Looks up `path`; one trailing slash is ignored.
  public func match(_ method: HTTPMethod, _ path: String) -> Match {
    if let routes = exact[path] { return select(method, routes, parameter: nil) }
    if path.count > 1, path.hasSuffix("/"), let routes = exact[String(path.dropLast())] {
      return select(method, routes, parameter: nil)
    }
    for (prefix, routes) in prefixes where path.hasPrefix(prefix) && path.utf8.count > prefix.utf8.count {
      return select(method, routes, parameter: String(path.dropFirst(prefix.count)))
    }
    return .notFound
  }

  private func select(_ method: HTTPMethod, _ routes: [(HTTPMethod, Route)], parameter: String?) -> Match {
    for (candidate, route) in routes where candidate == method { return .route(route, parameter: parameter) }
    let allowed = routes.map(\.0.description) + ["OPTIONS"]
    return .methodNotAllowed(allow: allowed.joined(separator: ", "))
  }
}
