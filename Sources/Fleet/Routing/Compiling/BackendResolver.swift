internal import EndpointPicking
internal import Kubernetes

/// Looks up what references of routes lead to.
struct BackendResolver {
  private let grants: [String: [ReferenceGrant]]
  private let services: [NamespacedName: Service]
  private let pools: Set<PoolID>

  init(grants: [ReferenceGrant], services: [Service], pools: Set<PoolID>) {
    self.grants = Dictionary(grouping: grants) { $0.metadata.name.namespace }
    self.services = Dictionary(services.map { ($0.metadata.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.pools = pools
  }

  /// What `reference` of a route in `namespace` leads to.
  func target(of reference: BackendReference, from namespace: String) -> RouteTarget {
    let subject = "\(reference.kind) \(reference.name)"
    guard reference.name.namespace == namespace || isGranted(reference, to: namespace) else {
      return .invalid(
        reason: "\(subject) is in another namespace, and no ReferenceGrant there allows HTTPRoutes of \(namespace)")
    }
    if let pool = reference.pool {
      guard !pools.contains(pool) else { return .pool(pool) }
      return .invalid(reason: "there is no InferencePool \(pool)\(hint(for: pool))")
    }
    guard reference.kind == "Service", reference.group.isEmpty else {
      return .invalid(reason: "\(subject) is neither a Service nor an InferencePool")
    }
    guard let service = services[reference.name] else { return .invalid(reason: "there is no \(subject)") }
    guard let port = reference.port, service.ports.contains(where: { $0.number == port }) else {
      return .invalid(reason: "\(subject) has no port \(reference.port.map { "\($0)" } ?? "that is named")")
    }
    return .service(reference.name, port: port)
  }

  private func isGranted(_ reference: BackendReference, to namespace: String) -> Bool {
    grants[reference.name.namespace, default: []].contains { grant in
      grant.allows(
        group: HTTPRoute.group, kind: "HTTPRoute", namespace: namespace, toGroup: reference.group,
        toKind: reference.kind, name: reference.name.name)
    }
  }

  /// The mistake that is made most: a group of the other API version, or none.
  private func hint(for pool: PoolID) -> String {
    let others = [APIGroup.inference, APIGroup.experimental].map {
      PoolID(namespace: pool.namespace, name: pool.name, group: $0)
    }
    guard let other = others.first(where: { pools.contains($0) }) else { return "" }
    return "; the pool is in the group \(other.group)"
  }
}
