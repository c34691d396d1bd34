internal import EndpointPicking
internal import Kubernetes

/// Which pods a set of objects asks for: simulated ones, and those that run elsewhere.
struct ReplicaPlanner {
  /// The most replicas of one process; each is a whole server.
  static let maxReplicas = 2000

  /// Pods to simulate, in the order of their objects.
  private(set) var replicas: [ReplicaSpecification] = []
  /// Pods that run elsewhere.
  private(set) var remotePods: [Pod] = []
  /// What cannot be done, one line each.
  private(set) var problems: [String] = []

  /// Plans for `objects`; without `simulates`, pods that have no address are left out.
  init(_ objects: [ManifestObject], simulates: Bool = true) {
    for object in objects {
      switch object.resource {
      case .workload(let workload): if simulates { add(workload, object) }
      case .pod(let manifest) where manifest.pod.ip == nil:
        guard simulates else { continue }
        add(
          manifest.pod.metadata.name, manifest.template, activePorts: manifest.pod.activePorts, owner: nil, object)
      case .pod(let manifest): remotePods.append(manifest.pod)
      case .endpoint(let endpoint):
        remotePods.append(
          Pod(
            metadata: ObjectMetadata(name: endpoint.name, namespace: endpoint.namespace), labels: endpoint.labels,
            ip: endpoint.address, activePorts: nil))
      default: break
      }
    }
  }

  private mutating func add(_ workload: Workload, _ object: ManifestObject) {
    let name = workload.metadata.name
    guard replicas.count + workload.replicas <= Self.maxReplicas else {
      problems.append(
        "\(object.position): \(object.title): spec.replicas: \(workload.replicas) more than the \(replicas.count) before "
          + "exceed the limit of \(Self.maxReplicas) in one process")
      return
    }
    for ordinal in 0..<workload.replicas {
      let pod = NamespacedName(namespace: name.namespace, name: "\(name.name)-\(ordinal)")
      let owner = ReplicaSpecification.Owner(kind: workload.kind, name: name.name)
      guard add(pod, workload.template, activePorts: nil, owner: owner, object) else { return }
    }
  }

  /// False when none of the containers is a model server.
  @discardableResult private mutating func add(
    _ name: NamespacedName, _ template: PodTemplate, activePorts: Set<Int>?, owner: ReplicaSpecification.Owner?,
    _ object: ManifestObject
  ) -> Bool {
    for container in template.containers {
      let command = ContainerCommand(container) { path in
        switch path {
        case "metadata.name": name.name
        case "metadata.namespace": name.namespace
        default: nil
        }
      }
      guard let command else { continue }
      replicas.append(
        ReplicaSpecification(
          name: name, labels: template.labels, activePorts: activePorts, command: command,
          port: command.port ?? container.ports.first?.number ?? 8000, owner: owner, position: object.position))
      return true
    }
    return false
  }
}

extension ContainerCommand {
  /// The port that `--port` gives, which pools and probes must name.
  fileprivate var port: Int? {
    for (index, word) in arguments.enumerated() {
      if word == "--port", index + 1 < arguments.count { return Int(arguments[index + 1]) }
      if word.hasPrefix("--port=") { return Int(word.dropFirst("--port=".count)) }
    }
    return nil
  }
}
