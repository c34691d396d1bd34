import EndpointPicking
import Kubernetes

@testable import Fleet

/// A request whose look-ups are counted.
struct SampleRequest: RouteRequest {
  final class Counter {
    var lookUps = 0
  }

  var host: String?
  var method = "POST"
  var path = "/v1/chat/completions"
  var headers: [String: String] = [:]
  var query: [String: String] = [:]
  let counter = Counter()

  init(
    _ path: String = "/v1/chat/completions", method: String = "POST", host: String? = nil,
    headers: [String: String] = [:], query: [String: String] = [:]
  ) {
    self.path = path
    self.method = method
    self.host = host
    self.headers = headers
    self.query = query
  }

  func header(_ name: String) -> String? {
    counter.lookUps += 1
    return headers[name]
  }

  func queryArgument(_ name: String) -> String? {
    counter.lookUps += 1
    return query[name]
  }
}

extension HTTPRoute {
  /// A route of `namespace/name`.
  static func sample(
    _ name: String = "r", in namespace: String = "default", created: Int64? = nil, parents: [Parent] = [],
    hostnames: [String] = [], rules: [Rule]
  ) -> HTTPRoute {
    HTTPRoute(
      metadata: ObjectMetadata(name: name, namespace: namespace, creationTimestamp: created), parents: parents,
      hostnames: hostnames, rules: rules)
  }
}

extension HTTPRoute.Rule {
  /// A rule whose only backend is the pool of that name.
  static func to(_ pool: String, _ matches: HTTPRouteMatch...) -> HTTPRoute.Rule {
    HTTPRoute.Rule(matches: matches, backends: [.pool(pool)])
  }
}

extension HTTPRoute.Backend {
  /// The InferencePool of that name.
  static func pool(
    _ name: String, in namespace: String = "default", weight: Int = 1, filters: [HTTPRouteFilter] = []
  ) -> HTTPRoute.Backend {
    HTTPRoute.Backend(.pool(name, in: namespace), weight: weight, filters: filters)
  }
}

extension BackendReference {
  static func pool(_ name: String, in namespace: String = "default") -> BackendReference {
    BackendReference(
      name: NamespacedName(namespace: namespace, name: name), kind: "InferencePool", group: APIGroup.inference)
  }
}

extension RouteTable {
  /// The table of routes to pools that are all there, without gateways.
  init(_ routes: HTTPRoute...) {
    let references = routes.flatMap { $0.rules.flatMap { $0.backends.compactMap(\.reference.pool) } }
    self.init(routes: routes, gateways: [], pools: Set(references))
  }

  /// The name of the pool that is the matching rule's first backend; nil when nothing matches.
  func pool(_ request: SampleRequest) -> String? { match(request)?.rule.backends.first?.reference.name.name }
}

extension Gateway {
  static func sample(_ name: String, in namespace: String = "default", _ listeners: Listener...) -> Gateway {
    Gateway(metadata: ObjectMetadata(name: name, namespace: namespace), className: "c", listeners: listeners)
  }
}
