internal import EndpointPicking
internal import Kubernetes

/// Gathers the rules of routes, in the order in which they are added.
struct RouteCompiler {
  private let resolver: BackendResolver
  private(set) var rules: [RouteRule] = []
  var warnings: [String] = []
  private var entries: [(entry: RouteEntry, hostnames: [Hostname])] = []

  init(_ resolver: BackendResolver) { self.resolver = resolver }

  /// All matches of all rules.
  var index: HostIndex {
    let sorted = entries.sorted { $0.entry.precedence < $1.entry.precedence }
    var byHost: [Hostname: [RouteEntry]] = [:]
    for (order, (entry, hostnames)) in sorted.enumerated() {
      var entry = entry
      entry.order = order
      for hostname in hostnames { byHost[hostname, default: []].append(entry) }
    }
    return HostIndex(byHost)
  }

  /// Adds a route that is attached for `hostnames`.
  mutating func add(_ route: HTTPRoute, _ hostnames: [Hostname]) {
    var occurrences: [RouteRule.ID: Int] = [:]
    for (position, rule) in route.rules.enumerated() {
      let label = "HTTPRoute \(route.metadata.name): rule \(rule.name ?? "\(position + 1)")"
      var id = RouteRule.ID(
        route: route.metadata.name, name: rule.name, matches: rule.name == nil ? rule.matches : [], occurrence: 0)
      occurrences[id, default: -1] += 1
      id.occurrence = occurrences[id, default: 0]
      // A rule without matches takes everything.
      let matches = rule.matches.isEmpty ? [HTTPRouteMatch()] : rule.matches
      for match in matches {
        let precedence = RoutePrecedence(match, age: route.metadata.age, rule: position)
        do throws(RouteEntry.Defect) {
          let entry = try RouteEntry(match, rule: rules.count, precedence: precedence)
          entries.append((entry, hostnames))
        } catch {
          warnings.append("\(label): '\(error.pattern)' matches nothing: \(error.reason)")
        }
      }
      rules.append(compile(rule, id, in: route.metadata.name.namespace, label))
    }
  }

  private mutating func compile(
    _ rule: HTTPRoute.Rule, _ id: RouteRule.ID, in namespace: String, _ label: String
  ) -> RouteRule {
    var mirrors: [RouteMirror] = []
    let common = compile(rule.filters, rule.matches, &mirrors, in: namespace, label)
    let backends = rule.backends.map { backend in
      let target = resolver.target(of: backend.reference, from: namespace)
      if case .invalid(let reason) = target { warnings.append("\(label): \(reason); its share is answered with 500") }
      let own = compile(backend.filters, rule.matches, &mirrors, in: namespace, label)
      if own.redirect != nil { warnings.append("\(label): the filter RequestRedirect of a backend has no effect") }
      return RouteBackend(
        reference: backend.reference, weight: backend.weight, target: target,
        requestHeaders: common.request + own.request, responseHeaders: common.response + own.response,
        rewrite: own.rewrite?.over(common.rewrite) ?? common.rewrite, mirrors: common.mirrors + own.mirrors)
    }
    let redirect = common.redirect.map { RouteRedirect($0, rule.matches, responseHeaders: common.response) }
    if redirect == nil, !backends.contains(where: { $0.weight > 0 }) {
      warnings.append("\(label) has no backend with a weight; its requests are answered with 500")
    }
    return RouteRule(
      id: id, redirect: redirect, backends: backends, mirrors: mirrors,
      requestTimeout: Self.nanoseconds(rule.requestTimeout), backendTimeout: Self.nanoseconds(rule.backendTimeout))
  }

  /// Filters of one list.
  private struct Filters {
    var request: [HeaderModifier] = []
    var response: [HeaderModifier] = []
    var rewrite: URLRewrite?
    var redirect: HTTPRouteURL.Redirect?
    /// Positions in the rule's list.
    var mirrors: [Int] = []
  }

  private mutating func compile(
    _ filters: [HTTPRouteFilter], _ matches: [HTTPRouteMatch], _ mirrors: inout [RouteMirror], in namespace: String,
    _ label: String
  ) -> Filters {
    var compiled = Filters()
    for filter in filters {
      switch filter {
      case .requestHeaders(let headers): compiled.request.append(HeaderModifier(headers))
      case .responseHeaders(let headers): compiled.response.append(HeaderModifier(headers))
      case .rewrite(let rewrite):
        compiled.rewrite = URLRewrite(hostname: rewrite.hostname, path: PathChange(rewrite.path, matches))
      case .redirect(let redirect): compiled.redirect = redirect
      case .mirror(let reference, let share):
        let target = resolver.target(of: reference, from: namespace)
        if case .invalid(let reason) = target {
          warnings.append("\(label): \(reason); nothing is mirrored there")
        } else {
          compiled.mirrors.append(mirrors.count)
          mirrors.append(RouteMirror(reference: reference, target: target, share: share))
        }
      case .unsupported(let type): warnings.append("\(label): the filter \(type) is not supported and has no effect")
      }
    }
    return compiled
  }

  /// Of milliseconds; 0 means no limit, like nil (GEP-1742).
  private static func nanoseconds(_ milliseconds: Int?) -> Int64? {
    guard let milliseconds, milliseconds > 0 else { return nil }
    let (product, overflow) = Int64(milliseconds).multipliedReportingOverflow(by: 1_000_000)
    return overflow ? nil : product
  }
}
