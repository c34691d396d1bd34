/// Requests by path, headers, query and method; all that are given must match (Gateway API v1).
public struct HTTPRouteMatch: Hashable, Sendable {
  /// How a text is compared.
  public enum Text: Hashable, Sendable {
    /// As a whole.
    case exact(String)
    /// As a regular expression of the gateway's own kind.
    case regularExpression(String)
  }

  /// How a path is compared.
  public enum Path: Hashable, Sendable {
    /// As a whole.
    case exact(String)
    /// By its first elements: `/v1` is a prefix of `/v1` and `/v1/models`, not of `/v12`.
    case prefix(String)
    /// As a regular expression of the gateway's own kind.
    case regularExpression(String)
  }

  /// A header or query parameter.
  public struct Named: Hashable, Sendable {
    /// Its name as written; headers compare without case.
    public var name: String
    /// What its value must be.
    public var value: Text

    /// `name` with `value`.
    public init(_ name: String, _ value: Text) {
      self.name = name
      self.value = value
    }
  }

  /// `.prefix("/")`, which is every path, when the manifest does not say.
  public var path: Path
  /// All of them; of two for one header the first counts.
  public var headers: [Named]
  /// All of them.
  public var query: [Named]
  /// `GET`, `POST`, …; nil for all.
  public var method: String?

  /// What matches all of these.
  public init(path: Path = .prefix("/"), headers: [Named] = [], query: [Named] = [], method: String? = nil) {
    self.path = path
    self.headers = headers
    self.query = query
    self.method = method
  }
}
