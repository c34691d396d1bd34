/// Finds a route by method and path. A path may end in "/*", which takes the rest as a parameter.
///
/// Routes are numbers of the application's; a generic router would look up its types at run time for every request.
public struct Router: Sendable {
  /// What a request leads to.
  public enum Match {
    case route(Int, parameter: String?)
    /// The path exists, but not with this method; the value of an Allow header.
    case methodNotAllowed(allow: String)
    case notFound
  }

  private struct Entry {
    let method: HTTPMethod
    let route: Int
  }

  private struct Prefix {
    let text: String
    var entries: [Entry]
  }

  private var exact: [String: [Entry]] = [:]
  private var prefixes: [Prefix] = []

  /// A router that finds nothing.
  public init() {}

  /// Adds a route; GET answers HEAD too.
  public mutating func add(_ method: HTTPMethod, _ path: String, _ route: Int) {
    var added = [Entry(method: method, route: route)]
    if method == .get { added.append(Entry(method: .head, route: route)) }
    guard path.hasSuffix("/*") else { return exact[path, default: []].append(contentsOf: added) }
    let prefix = String(path.dropLast())
    if let index = prefixes.firstIndex(where: { $0.text == prefix }) {
      prefixes[index].entries.append(contentsOf: added)
    } else {
      prefixes.append(Prefix(text: prefix, entries: added))
    }
  }

  /// Looks up `path`; one trailing slash is ignored.
  public func match(_ method: HTTPMethod, _ path: String) -> Match {
    if let entries = exact[path] { return select(method, entries, parameter: nil) }
    if path.count > 1, path.hasSuffix("/"), let entries = exact[String(path.dropLast())] {
      return select(method, entries, parameter: nil)
    }
    for prefix in prefixes where path.hasPrefix(prefix.text) && path.utf8.count > prefix.text.utf8.count {
      return select(method, prefix.entries, parameter: String(path.dropFirst(prefix.text.count)))
    }
    return .notFound
  }

  private func select(_ method: HTTPMethod, _ entries: [Entry], parameter: String?) -> Match {
    for entry in entries where entry.method == method { return .route(entry.route, parameter: parameter) }
    let allowed = entries.map(\.method.description) + ["OPTIONS"]
    return .methodNotAllowed(allow: allowed.joined(separator: ", "))
  }
}
