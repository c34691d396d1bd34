/// What a route does to requests and answers beside sending them on (Gateway API v1).
public enum HTTPRouteFilter: Hashable, Sendable {
  /// Changes to headers, in this order: set, add, remove.
  public struct Headers: Hashable, Sendable {
    /// A header.
    public struct Header: Hashable, Sendable {
      /// The name as written.
      public var name: String
      /// The value.
      public var value: String

      /// `name: value`.
      public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
      }
    }

    /// Replace all of that name.
    public var set: [Header]
    /// Come beside those of that name.
    public var add: [Header]
    /// Names that go.
    public var remove: [String]

    /// These changes.
    public init(set: [Header] = [], add: [Header] = [], remove: [String] = []) {
      self.set = set
      self.add = add
      self.remove = remove
    }
  }

  /// A share of the requests, as a fraction.
  public struct Share: Hashable, Sendable {
    /// 0 or more.
    public var numerator: Int
    /// 1 or more.
    public var denominator: Int

    /// `numerator` of `denominator` requests.
    public init(_ numerator: Int, of denominator: Int) {
      self.numerator = numerator
      self.denominator = denominator
    }
  }

  /// Sends a copy of that share of the requests there too and ignores the answers.
  case mirror(BackendReference, Share)
  /// Changes the request's headers.
  case requestHeaders(Headers)
  /// Changes the answer's headers.
  case responseHeaders(Headers)
  /// Changes the request's URL.
  case rewrite(HTTPRouteURL.Rewrite)
  /// Answers with another URL.
  case redirect(HTTPRouteURL.Redirect)
  /// A filter of another type, which has no effect.
  case unsupported(type: String)
}
