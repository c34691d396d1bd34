public import EndpointPicking

/// What an object is.
public enum ManifestResource: Hashable, Sendable {
  /// A pod, simulated or elsewhere.
  case pod(PodManifest)
  /// A Deployment or StatefulSet.
  case workload(Workload)
  /// A Service.
  case service(Service)
  /// An InferencePool in either form.
  case inferencePool(InferencePool)
  /// An InferenceObjective.
  case inferenceObjective(InferenceObjective)
  /// An InferenceModel.
  case inferenceModel(InferenceModel)
  /// An InferenceModelRewrite.
  case inferenceModelRewrite(InferenceModelRewrite)
  /// A Gateway.
  case gateway(Gateway)
  /// An HTTPRoute.
  case httpRoute(HTTPRoute)
  /// A ReferenceGrant.
  case referenceGrant(ReferenceGrant)
  /// An entry of a file-discovery file.
  case endpoint(FileEndpoint)
  /// An object of a kind that has no use here; its name is empty when it has none.
  case skipped(kind: String, apiVersion: String, name: String, line: Int)

  /// The object's kind; `Endpoint` for entries of file-discovery files.
  public var kind: String {
    switch self {
    case .pod: ManifestKind.pod.rawValue
    case .workload(let workload): workload.kind.rawValue
    case .service: ManifestKind.service.rawValue
    case .inferencePool: ManifestKind.inferencePool.rawValue
    case .inferenceObjective: ManifestKind.inferenceObjective.rawValue
    case .inferenceModel: ManifestKind.inferenceModel.rawValue
    case .inferenceModelRewrite: ManifestKind.inferenceModelRewrite.rawValue
    case .gateway: ManifestKind.gateway.rawValue
    case .httpRoute: ManifestKind.httpRoute.rawValue
    case .referenceGrant: ManifestKind.referenceGrant.rawValue
    case .endpoint: "Endpoint"
    case .skipped(let kind, _, _, _): kind
    }
  }

  /// Name, namespace and age; nil for entries of file-discovery files and skipped objects.
  ///
  /// Setting it changes the object's; where there is none, and when set to nil, nothing happens.
  public var metadata: ObjectMetadata? {
    get {
      switch self {
      case .pod(let pod): pod.pod.metadata
      case .workload(let workload): workload.metadata
      case .service(let service): service.metadata
      case .inferencePool(let pool): pool.metadata
      case .inferenceObjective(let objective): objective.metadata
      case .inferenceModel(let model): model.metadata
      case .inferenceModelRewrite(let rewrite): rewrite.metadata
      case .gateway(let gateway): gateway.metadata
      case .httpRoute(let route): route.metadata
      case .referenceGrant(let grant): grant.metadata
      case .endpoint, .skipped: nil
      }
    }
    set { if let newValue { replace(newValue) } }
  }

  /// Name and namespace; nil for skipped objects.
  public var name: NamespacedName? {
    if case .endpoint(let endpoint) = self {
      return NamespacedName(namespace: endpoint.namespace, name: endpoint.name)
    }
    return metadata?.name
  }

  private mutating func replace(_ metadata: ObjectMetadata) {
    func with<Object>(_ object: Object, _ path: WritableKeyPath<Object, ObjectMetadata>) -> Object {
      var object = object
      object[keyPath: path] = metadata
      return object
    }
    switch self {
    case .pod(let pod): self = .pod(with(pod, \.pod.metadata))
    case .workload(let workload): self = .workload(with(workload, \.metadata))
    case .service(let service): self = .service(with(service, \.metadata))
    case .inferencePool(let pool): self = .inferencePool(with(pool, \.metadata))
    case .inferenceObjective(let objective): self = .inferenceObjective(with(objective, \.metadata))
    case .inferenceModel(let model): self = .inferenceModel(with(model, \.metadata))
    case .inferenceModelRewrite(let rewrite): self = .inferenceModelRewrite(with(rewrite, \.metadata))
    case .gateway(let gateway): self = .gateway(with(gateway, \.metadata))
    case .httpRoute(let route): self = .httpRoute(with(route, \.metadata))
    case .referenceGrant(let grant): self = .referenceGrant(with(grant, \.metadata))
    case .endpoint, .skipped: break
    }
  }
}
