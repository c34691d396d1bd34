/// A request's method as a label; methods that no route knows share one, so that clients cannot make up series.
public enum HTTPMethodLabel: String, Sendable, CaseIterable {
  case get = "GET"
  case head = "HEAD"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
  case options = "OPTIONS"
  case other = "OTHER"

  /// The label of a method as it stands in a request line.
  public init(method: String) { self = HTTPMethodLabel(rawValue: method) ?? .other }

  /// The position in `allCases`.
  var index: Int {
    switch self {
    case .get: 0
    case .head: 1
    case .post: 2
    case .put: 3
    case .patch: 4
    case .delete: 5
    case .options: 6
    case .other: 7
    }
  }
}
