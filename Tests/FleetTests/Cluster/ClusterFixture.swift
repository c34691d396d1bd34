import EndpointPicking
import Kubernetes
import Testing

@testable import Fleet

/// Manifests and shorthands for tests of the store.
enum ClusterFixture {
  static func rewrite(
    _ name: String, from model: String = "m", to target: String = "t", pool: String = "p", namespace: String? = nil,
    group: String = "inference.networking.x-k8s.io", created: String? = nil
  ) -> String {
    """
    apiVersion: \(group)/v1alpha2
    kind: InferenceModelRewrite
    metadata:
      name: \(name)
    \(namespace.map { "  namespace: \($0)\n" } ?? "")\(created.map { "  creationTimestamp: \"\($0)\"\n" } ?? "")\
    spec:
      poolRef: {name: \(pool)}
      rules:
      - matches: [{model: {value: \(model)}}]
        targets: [{modelRewrite: \(target)}]

    """
  }

  static func pool(_ name: String, selector: String = "app: a", ports: [Int] = [8000], namespace: String = "default")
    -> String
  {
    """
    apiVersion: inference.networking.k8s.io/v1
    kind: InferencePool
    metadata: {name: \(name), namespace: \(namespace)}
    spec:
      selector: {matchLabels: {\(selector)}}
      targetPorts: [\(ports.map { "{number: \($0)}" }.joined(separator: ", "))]

    """
  }

  static func deployment(
    _ name: String, app: String = "a", replicas: Int = 1, namespace: String = "default", kind: String = "Deployment"
  ) -> String {
    """
    apiVersion: apps/v1
    kind: \(kind)
    metadata: {name: \(name), namespace: \(namespace)}
    spec:
      replicas: \(replicas)
      selector: {matchLabels: {app: \(app)}}
      template:
        metadata: {labels: {app: \(app)}}
        spec: {containers: [{name: c, image: understudy, args: [--model, m]}]}

    """
  }

  static func files(_ texts: KeyValuePairs<String, String>) -> [SourceFile] {
    texts.map { SourceFile($0.key, text: $0.value) }
  }

  static func join(_ texts: String...) -> String { texts.joined(separator: "---\n") }
}

extension ClusterStore {
  /// The names of all objects, the oldest first.
  var names: [String] { objects.map { $0.resource.name?.name ?? "?" } }

  func created(_ name: String) -> Int64? {
    objects.first { $0.resource.name?.name == name }?.resource.metadata?.creationTimestamp
  }

  /// The target of the first rule of the rewrite `name`; nil when there is no such rewrite.
  func target(_ name: String) -> String? {
    for object in objects {
      if case .inferenceModelRewrite(let rewrite) = object.resource, rewrite.metadata.name.name == name {
        return rewrite.rules.first?.targets.first?.modelRewrite
      }
    }
    return nil
  }
}
