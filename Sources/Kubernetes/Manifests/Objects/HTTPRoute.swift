public import EndpointPicking

/// Which requests go to which backends (Gateway API v1).
public struct HTTPRoute: Hashable, Sendable {
  /// What it is attached to.
  public struct Parent: Hashable, Sendable {
    /// The API group, mostly that of Gateway API.
    public var group: String
    /// Mostly `Gateway`.
    public var kind: String
    /// In the route's own namespace unless it says another.
    public var name: NamespacedName
    /// The only listener; nil for all.
    public var sectionName: String?
    /// The only port; nil for all.
    public var port: Int?

    /// The parent `name`.
    public init(
      name: NamespacedName, kind: String = "Gateway", group: String = HTTPRoute.group, sectionName: String? = nil,
      port: Int? = nil
    ) {
      self.name = name
      self.kind = kind
      self.group = group
      self.sectionName = sectionName
      self.port = port
    }
  }

  /// Requests and what becomes of them.
  public struct Rule: Hashable, Sendable {
    /// Its name; nil for most.
    public var name: String?
    /// Any of them must match; empty means every request.
    public var matches: [HTTPRouteMatch]
    /// Done to the request or the answer, in order.
    public var filters: [HTTPRouteFilter]
    /// One of them gets the request, by weight; empty means 404 or 500, as the gateway does it.
    public var backends: [Backend]
    /// How long the whole answer may take, in milliseconds; nil for no limit of the rule, 0 for no limit at all.
    public var requestTimeout: Int?
    /// How long one attempt may take, in milliseconds, like `requestTimeout`.
    public var backendTimeout: Int?

    /// A rule that sends what matches to `backends`.
    public init(
      name: String? = nil, matches: [HTTPRouteMatch] = [], filters: [HTTPRouteFilter] = [], backends: [Backend] = [],
      requestTimeout: Int? = nil, backendTimeout: Int? = nil
    ) {
      self.name = name
      self.matches = matches
      self.filters = filters
      self.backends = backends
      self.requestTimeout = requestTimeout
      self.backendTimeout = backendTimeout
    }
  }

  /// A backend with its share.
  public struct Backend: Hashable, Sendable {
    /// What it is.
    public var reference: BackendReference
    /// Its share relative to the others, 0 to 1,000,000; 1 when the manifest does not say.
    public var weight: Int
    /// Done to its requests only.
    public var filters: [HTTPRouteFilter]

    /// The backend `reference`.
    public init(_ reference: BackendReference, weight: Int = 1, filters: [HTTPRouteFilter] = []) {
      self.reference = reference
      self.weight = weight
      self.filters = filters
    }
  }

  /// The API group of Gateway API.
  public static let group = "gateway.networking.k8s.io"

  /// Name, namespace and age.
  public var metadata: ObjectMetadata
  /// What it is attached to.
  public var parents: [Parent]
  /// The only host names that it is for; empty for all.
  public var hostnames: [String]
  /// In order.
  public var rules: [Rule]

  /// A route of `rules`.
  public init(metadata: ObjectMetadata, parents: [Parent] = [], hostnames: [String] = [], rules: [Rule] = []) {
    self.metadata = metadata
    self.parents = parents
    self.hostnames = hostnames
    self.rules = rules
  }
}

/// A Service or InferencePool that a route sends requests to.
public struct BackendReference: Hashable, Sendable {
  /// The API group; empty for the core group.
  public var group: String
  /// `Service` unless the manifest says another.
  public var kind: String
  /// In the route's own namespace unless it says another; then a ReferenceGrant must allow it.
  public var name: NamespacedName
  /// A Service's port; pools have their own.
  public var port: Int?

  /// The backend `name`.
  public init(name: NamespacedName, kind: String = "Service", group: String = "", port: Int? = nil) {
    self.name = name
    self.kind = kind
    self.group = group
    self.port = port
  }

  /// The pool that it means; nil when it means something else.
  public var pool: PoolID? {
    guard kind == "InferencePool" else { return nil }
    return PoolID(namespace: name.namespace, name: name.name, group: group)
  }
}
