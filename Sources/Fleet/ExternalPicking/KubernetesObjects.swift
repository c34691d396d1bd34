internal import EndpointPicking
internal import Kubernetes
internal import KubernetesClient

/// The objects that a Kubernetes API server has told of.
struct KubernetesObjects: Sendable {
  private enum Key: Hashable, Comparable {
    case pod(NamespacedName)
    case pool(PoolID)
    case objective(NamespacedName)
    case rewrite(NamespacedName)
    case model(NamespacedName)
  }

  private var resources: [Key: ManifestResource] = [:]
  /// Everything has been listed once.
  private(set) var isSynced = false

  /// The objects, in a fixed order.
  var objects: [ManifestObject] {
    resources.sorted { $0.key < $1.key }.enumerated().map { index, entry in
      ManifestObject(
        position: SourcePosition(file: "kubernetes", line: 1, index: index), resource: entry.value)
    }
  }

  /// Takes an event over; true when it changes the objects.
  mutating func take(_ event: PoolWatchEvent) -> Bool {
    switch event {
    case .podSet(let pod):
      set(
        .pod(pod.metadata.name), .pod(PodManifest(pod: pod, template: PodTemplate(labels: pod.labels, containers: []))))
    case .podRemoved(let name): remove(.pod(name))
    case .poolSet(let pool): set(.pool(pool.id), .inferencePool(pool))
    case .poolRemoved(let id): remove(.pool(id))
    case .objectiveSet(let objective): set(.objective(objective.metadata.name), .inferenceObjective(objective))
    case .objectiveRemoved(let name): remove(.objective(name))
    case .rewriteSet(let rewrite): set(.rewrite(rewrite.metadata.name), .inferenceModelRewrite(rewrite))
    case .rewriteRemoved(let name): remove(.rewrite(name))
    case .modelSet(let model): set(.model(model.metadata.name), .inferenceModel(model))
    case .modelRemoved(let name): remove(.model(name))
    case .synced:
      isSynced = true
      return true
    case .served, .notServed, .lost, .found, .problem: return false
    }
    return true
  }

  private mutating func set(_ key: Key, _ resource: ManifestResource) { resources[key] = resource }
  private mutating func remove(_ key: Key) { resources[key] = nil }
}
