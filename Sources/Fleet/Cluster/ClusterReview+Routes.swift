internal import EndpointPicking
internal import Kubernetes

extension ClusterReview {
  /// A field and what is doubtful about it.
  struct Problem: Hashable {
    let field: String
    let reason: String
  }

  /// What of `route` leads nowhere, may not lead where it does, or has no effect.
  func problems(of route: HTTPRoute) -> [Problem] {
    var problems: [Problem] = []
    for (index, parent) in route.parents.enumerated() {
      if let reason = problem(with: parent) {
        problems.append(Problem(field: "spec.parentRefs[\(index)]", reason: reason))
      }
    }
    for (index, rule) in route.rules.enumerated() {
      let field = "spec.rules[\(index)]"
      if !rule.backends.isEmpty, rule.backends.allSatisfy({ $0.weight == 0 }) {
        problems.append(Problem(field: "\(field).backendRefs", reason: "all weights are 0: no request gets anywhere"))
      }
      problems += mirrors(rule.filters, at: field, of: route)
      for (position, backend) in rule.backends.enumerated() {
        let place = "\(field).backendRefs[\(position)]"
        if let reason = problem(with: backend.reference, of: route) {
          problems.append(Problem(field: place, reason: reason))
        }
        problems += mirrors(backend.filters, at: place, of: route)
      }
    }
    return problems
  }

  private func mirrors(_ filters: [HTTPRouteFilter], at field: String, of route: HTTPRoute) -> [Problem] {
    filters.enumerated().compactMap { index, filter in
      guard case .mirror(let reference, _) = filter, let reason = problem(with: reference, of: route) else {
        return nil
      }
      return Problem(field: "\(field).filters[\(index)].requestMirror.backendRef", reason: reason)
    }
  }

  private func problem(with parent: HTTPRoute.Parent) -> String? {
    guard parent.kind == "Gateway", parent.group == HTTPRoute.group else { return nil }
    guard let gateway = gateways[parent.name] else { return "there is no Gateway \(parent.name)" }
    if let section = parent.sectionName, !gateway.listeners.contains(where: { $0.name == section }) {
      return "Gateway \(parent.name) has no listener '\(section)'"
    }
    if let port = parent.port, !gateway.listeners.contains(where: { $0.port == port }) {
      return "Gateway \(parent.name) has no listener on port \(port)"
    }
    return nil
  }

  /// Gateway API lets references out of a namespace only with the consent of the one that they lead into.
  private func problem(with reference: BackendReference, of route: HTTPRoute) -> String? {
    if let absence = absence(of: reference) { return absence }
    let namespace = route.metadata.name.namespace
    let target = reference.name.namespace
    guard target != namespace else { return nil }
    let isGranted = (grants[target] ?? []).contains {
      $0.allows(
        group: HTTPRoute.group, kind: "HTTPRoute", namespace: namespace, toGroup: reference.group,
        toKind: reference.kind, name: reference.name.name)
    }
    guard !isGranted else { return nil }
    return "no ReferenceGrant in namespace \(target) lets HTTPRoutes of \(namespace) refer to \(reference.kind)"
      + " \(reference.name.name)"
  }

  private func absence(of reference: BackendReference) -> String? {
    if let pool = reference.pool { return absence(of: pool) }
    guard reference.kind == "Service", reference.group.isEmpty else {
      let group = reference.group.isEmpty ? "" : ".\(reference.group)"
      return "a \(reference.kind)\(group) cannot get requests, only a Service or an InferencePool"
    }
    guard let service = services[reference.name] else { return "there is no Service \(reference.name)" }
    guard let port = reference.port, !service.ports.contains(where: { $0.number == port }) else { return nil }
    return "Service \(reference.name) has no port \(port)"
  }
}
