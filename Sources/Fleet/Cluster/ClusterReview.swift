internal import EndpointPicking
internal import Kubernetes

/// What is doubtful about objects that are valid one by one: references that lead nowhere, selectors that find nothing,
/// and things that have no effect together.
///
/// All of them are kept; what is missing may still come.
struct ClusterReview {
  /// Things with labels that selectors can find: pods, templates of pods, and entries of file-discovery files.
  struct Selectable {
    let title: String
    let labels: [String: String]

    func matches(_ selector: [String: String]) -> Bool { selector.allSatisfy { labels[$0.key] == $0.value } }
  }

  /// In the order of the objects, and then of their fields.
  private(set) var warnings: [ManifestError] = []

  private(set) var pools: [PoolID: InferencePool] = [:]
  private(set) var services: [NamespacedName: Service] = [:]
  private(set) var gateways: [NamespacedName: Gateway] = [:]
  /// By their own namespace, into which they let references.
  private(set) var grants: [String: [ReferenceGrant]] = [:]
  /// By namespace.
  private var selectables: [String: [Selectable]] = [:]
  private var poolsByName: [String: [PoolID]] = [:]

  /// Looks at `objects`, which are all there are.
  init(_ objects: [ManifestObject]) {
    for object in objects { index(object) }
    for name in poolsByName.keys { poolsByName[name]?.sort() }
    let chains = RewriteChains(objects.compactMap(\.rewrite))
    var overlaps = PoolOverlaps()
    for object in objects {
      switch object.resource {
      case .inferencePool(let pool):
        let found = find(pool.matchLabels, in: pool.id.namespace)
        if found.isEmpty { warn(object, "spec.selector", "no pod has these labels") }
        for problem in overlaps.add(pool, selecting: found) { warn(object, "spec.targetPorts", problem) }
      case .service(let service) where !service.selector.isEmpty:
        if find(service.selector, in: service.metadata.name.namespace).isEmpty {
          warn(object, "spec.selector", "no pod has these labels")
        }
      case .inferenceObjective(let objective): checkPool(objective.pool, of: object)
      case .inferenceModel(let model):
        checkPool(model.pool, of: object)
        for chain in chains.find(in: model.rewrite) { warn(object, "spec.targetModels[\(chain.target)]", chain.reason) }
      case .inferenceModelRewrite(let rewrite):
        checkPool(rewrite.pool, of: object)
        for chain in chains.find(in: rewrite) {
          warn(object, "spec.rules[\(chain.rule)].targets[\(chain.target)]", chain.reason)
        }
      case .httpRoute(let route):
        for problem in problems(of: route) { warn(object, problem.field, problem.reason) }
      default: continue
      }
    }
  }

  /// The pools that share the name of one that is not there, by namespace and group.
  func namesakes(of pool: PoolID) -> [PoolID] { poolsByName[pool.name] ?? [] }

  /// Why a reference to `pool` leads nowhere; nil when it does not.
  func absence(of pool: PoolID) -> String? {
    guard pools[pool] == nil else { return nil }
    let namesakes = namesakes(of: pool)
    let name = NamespacedName(namespace: pool.namespace, name: pool.name)
    if let other = namesakes.first(where: { $0.namespace == pool.namespace }) {
      return "the group of InferencePool \(name) is \(other.group), not '\(pool.group)'"
    }
    guard let other = namesakes.first else { return "there is no InferencePool \(name)" }
    return "there is no InferencePool \(name), only one in namespace \(other.namespace)"
  }

  private mutating func index(_ object: ManifestObject) {
    func selectable(_ labels: [String: String], _ namespace: String) {
      selectables[namespace, default: []].append(Selectable(title: object.title, labels: labels))
    }
    switch object.resource {
    case .pod(let pod): selectable(pod.pod.labels, pod.pod.metadata.name.namespace)
    case .workload(let workload): selectable(workload.template.labels, workload.metadata.name.namespace)
    case .endpoint(let endpoint): selectable(endpoint.labels, endpoint.namespace)
    case .service(let service): services[service.metadata.name] = service
    case .inferencePool(let pool):
      pools[pool.id] = pool
      poolsByName[pool.id.name, default: []].append(pool.id)
    case .gateway(let gateway): gateways[gateway.metadata.name] = gateway
    case .referenceGrant(let grant): grants[grant.metadata.name.namespace, default: []].append(grant)
    case .inferenceObjective, .inferenceModel, .inferenceModelRewrite, .httpRoute, .skipped: break
    }
  }

  private func find(_ selector: [String: String], in namespace: String) -> [Selectable] {
    (selectables[namespace] ?? []).filter { $0.matches(selector) }
  }

  private mutating func checkPool(_ pool: PoolID, of object: ManifestObject) {
    if let reason = absence(of: pool) { warn(object, "spec.poolRef", "\(reason): no effect") }
  }

  private mutating func warn(_ object: ManifestObject, _ field: String, _ reason: String) {
    warnings.append(
      ManifestError(
        file: object.position.file, line: object.position.line, object: object.title, field: field, reason: reason))
  }
}

extension ManifestObject {
  /// What it says about the names of models.
  fileprivate var rewrite: InferenceModelRewrite? {
    switch resource {
    case .inferenceModelRewrite(let rewrite): rewrite
    case .inferenceModel(let model): model.rewrite
    default: nil
    }
  }
}
