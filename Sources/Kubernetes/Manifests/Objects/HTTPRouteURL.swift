/// What a route makes of a request's URL (Gateway API v1).
public enum HTTPRouteURL {
  /// Another path.
  public enum Path: Hashable, Sendable {
    /// This one, whatever the request's is.
    case full(String)
    /// The prefix that the rule's only match has becomes this one.
    case prefix(String)
  }

  /// What servers see instead of what the client asked for.
  public struct Rewrite: Hashable, Sendable {
    /// The host's name; nil: as it came.
    public var hostname: String?
    /// The path; nil: as it came.
    public var path: Path?

    /// A rewrite of both, or of what is given.
    public init(hostname: String? = nil, path: Path? = nil) {
      self.hostname = hostname
      self.path = path
    }
  }

  /// What the client is told to ask for instead.
  public struct Redirect: Hashable, Sendable {
    /// `http` or `https`; nil: as it came.
    public var scheme: String?
    /// The host's name; nil: as it came.
    public var hostname: String?
    /// The path; nil: as it came.
    public var path: Path?
    /// 1 to 65,535; nil: the scheme's own if that is given, else as it came.
    public var port: Int?
    /// 301, 302, 303, 307 or 308.
    public var status: Int

    /// A redirect of what is given.
    public init(
      scheme: String? = nil, hostname: String? = nil, path: Path? = nil, port: Int? = nil, status: Int = 302
    ) {
      self.scheme = scheme
      self.hostname = hostname
      self.path = path
      self.port = port
      self.status = status
    }
  }
}
