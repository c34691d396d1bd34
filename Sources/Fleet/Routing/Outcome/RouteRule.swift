internal import EndpointPicking
internal import Kubernetes

/// What takes a request.
struct RouteMatch: Sendable {
  /// The rule's position in its table.
  let position: Int
  let rule: RouteRule
}

/// A rule of a route with its references looked up.
struct RouteRule: Sendable {
  /// Finds a rule again after its route was edited: by its name or, if it has none, by what it matches.
  struct ID: Hashable, Sendable {
    var route: NamespacedName
    var name: String?
    /// Empty when it has a name.
    var matches: [HTTPRouteMatch]
    /// Counts the rules of the route that are equal in all this.
    var occurrence: Int
  }

  let id: ID
  /// What the client is told instead of an answer; nil for most.
  let redirect: RouteRedirect?
  /// The share of each is its weight over the sum of weights; a rule whose weights are all 0, or that has no backends,
  /// takes requests and fails them.
  let backends: [RouteBackend]
  /// Of the rule and of its backends.
  let mirrors: [RouteMirror]
  /// For the whole answer, in nanoseconds; nil for no limit.
  let requestTimeout: Int64?
  /// For one attempt at a backend, in nanoseconds; nil for no limit.
  let backendTimeout: Int64?
}

/// One of the backends that a rule chooses from.
struct RouteBackend: Sendable {
  let reference: BackendReference
  /// 0 or more.
  let weight: Int
  let target: RouteTarget
  /// Of the rule and then its own, in this order.
  let requestHeaders: [HeaderModifier]
  /// Of the rule and then its own, in this order.
  let responseHeaders: [HeaderModifier]
  /// Its own and, where that says nothing, the rule's; nil for most.
  let rewrite: URLRewrite?
  /// Those that hold for it, by their positions in the rule's `mirrors`.
  let mirrors: [Int]
}

/// Where copies of requests go (Gateway API v1.4, HTTPRequestMirrorFilter).
struct RouteMirror: Sendable {
  let reference: BackendReference
  let target: RouteTarget
  let share: HTTPRouteFilter.Share
}

/// What a reference to a backend leads to.
enum RouteTarget: Hashable, Sendable {
  case pool(PoolID)
  case service(NamespacedName, port: Int)
  /// Nothing: its requests are answered with 500 (Gateway API v1.4, HTTPRouteRule `backendRefs`).
  case invalid(reason: String)
}
