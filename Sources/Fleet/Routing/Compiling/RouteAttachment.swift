internal import EndpointPicking
internal import Kubernetes

/// Decides for which hosts a route is, if for any (Gateway API v1.4, ParentReference and AllowedRoutes).
struct RouteAttachment {
  /// nil: there are no gateways at all, which then restrict nothing.
  private let gateways: [NamespacedName: Gateway]?

  init(_ gateways: [Gateway]) {
    self.gateways =
      gateways.isEmpty
      ? nil : Dictionary(gateways.map { ($0.metadata.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The hosts that `route` is for, each once; none when no gateway takes it, which is warned about.
  func hostnames(of route: HTTPRoute, _ warnings: inout [String]) -> [Hostname] {
    let own = route.hostnames.isEmpty ? [Hostname.any] : route.hostnames.map { Hostname($0) }
    guard let gateways else { return Self.unique(own) }
    var hostnames: [Hostname] = []
    for parent in route.parents {
      guard parent.kind == "Gateway", parent.group == HTTPRoute.group else {
        warnings.append(
          "HTTPRoute \(route.metadata.name): the parent \(parent.kind) \(parent.name) is no Gateway, ignored")
        continue
      }
      guard let gateway = gateways[parent.name] else {
        warnings.append("HTTPRoute \(route.metadata.name): there is no Gateway \(parent.name)")
        continue
      }
      switch Self.listeners(of: gateway, for: route, parent) {
      case .failure(let refusal):
        warnings.append("HTTPRoute \(route.metadata.name): Gateway \(parent.name) \(refusal.description)")
      case .success(let listeners):
        let common = listeners.flatMap { listener in
          own.compactMap { $0.intersection(Hostname(listener.hostname)) }
        }
        if common.isEmpty {
          let names = route.hostnames.joined(separator: ", ")
          warnings.append("HTTPRoute \(route.metadata.name): Gateway \(parent.name) has no listener for \(names)")
        }
        hostnames += common
      }
    }
    if hostnames.isEmpty {
      warnings.append("HTTPRoute \(route.metadata.name) is attached to no Gateway and has no effect")
    }
    return Self.unique(hostnames)
  }

  private struct Refusal: Error {
    let description: String
  }

  /// The listeners that `parent` means and that take `route`.
  private static func listeners(
    of gateway: Gateway, for route: HTTPRoute, _ parent: HTTPRoute.Parent
  ) -> Result<[Gateway.Listener], Refusal> {
    let meant = gateway.listeners.filter { listener in
      (parent.sectionName ?? listener.name) == listener.name && (parent.port ?? listener.port) == listener.port
    }
    if meant.isEmpty { return .failure(Refusal(description: "has no listener of that name and port")) }
    // A product's own protocol may well carry HTTP.
    let speaking = meant.filter { !["TLS", "TCP", "UDP"].contains($0.transport) }
    if speaking.isEmpty { return .failure(Refusal(description: "has no listener for HTTP")) }
    let allowing = speaking.filter { listener in
      switch listener.allowedNamespaces {
      case .same: gateway.metadata.name.namespace == route.metadata.name.namespace
      case .all: true
      // Labels of namespaces are in no manifest, and most selectors are written to be met.
      case .selector: true
      }
    }
    if allowing.isEmpty { return .failure(Refusal(description: "allows routes of its own namespace only")) }
    return .success(allowing)
  }

  private static func unique(_ hostnames: [Hostname]) -> [Hostname] {
    var seen: Set<Hostname> = []
    return hostnames.filter { seen.insert($0).inserted }
  }
}
