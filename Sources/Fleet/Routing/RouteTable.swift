internal import EndpointPicking
internal import Kubernetes

/// All HTTPRoutes, ready to match (Gateway API v1.4, HTTPRoute).
///
/// The listeners of all gateways are served by one port, so that neither a listener's port nor a parent's restricts
/// what matches. Immutable: what changes with every request, the state of weighted choices, is in ``RouteSplits``.
struct RouteTable: Sendable {
  /// There is no HTTPRoute at all, not even one without effect.
  let isEmpty: Bool
  /// What has no effect in the routes, and why: one line each, the oldest route first.
  let warnings: [String]
  /// All rules of routes that are attached, the oldest route first; a match says which by its position.
  let rules: [RouteRule]
  private let index: HostIndex

  /// No routes.
  init() { self.init(routes: [], gateways: [], pools: []) }

  /// The table of `routes`.
  ///
  /// - Parameters:
  ///   - gateways: what routes attach to; when there are none at all, every route counts as attached.
  ///   - grants: what references into other namespaces need.
  ///   - services: the backends that are there beside `pools`.
  ///   - pools: the backends that are there; references to all others get an error as their share.
  init(
    routes: some Sequence<HTTPRoute>, gateways: [Gateway], grants: [ReferenceGrant] = [], services: [Service] = [],
    pools: Set<PoolID>
  ) {
    let attachment = RouteAttachment(gateways)
    var compiler = RouteCompiler(BackendResolver(grants: grants, services: services, pools: pools))
    let routes = routes.sorted { $0.metadata.age < $1.metadata.age }
    for route in routes {
      let hostnames = attachment.hostnames(of: route, &compiler.warnings)
      if !hostnames.isEmpty { compiler.add(route, hostnames) }
    }
    isEmpty = routes.isEmpty
    index = compiler.index
    rules = compiler.rules
    warnings = compiler.warnings
  }

  /// The rule that takes `request`; nil, which a gateway answers with 404, when none does.
  ///
  /// Takes the time of a few look-ups in dictionaries however many rules there are, as long as they differ in an exact
  /// path, a prefix, or the exact value of some header or query argument.
  func match(_ request: some RouteRequest) -> RouteMatch? {
    guard let entry = index.first(for: request) else { return nil }
    return RouteMatch(position: entry.rule, rule: rules[entry.rule])
  }
}
