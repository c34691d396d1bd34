internal import EndpointPicking
internal import Kubernetes

/// One simulated pod, as the manifests want it.
struct ReplicaSpecification: Sendable, Hashable {
  /// A Deployment or StatefulSet in the pod's namespace.
  struct Owner: Sendable, Hashable {
    var kind: Workload.Kind
    var name: String
  }

  /// Which pod it is: the name that it answers with.
  var name: NamespacedName
  /// What selectors look at.
  var labels: [String: String]
  /// The only target ports that are live; nil when all are.
  var activePorts: Set<Int>?
  /// What its container runs. A pod whose command changes is another pod.
  var command: ContainerCommand
  /// The first port that its container names, or that its command listens on.
  var port: Int
  /// The workload that it belongs to; nil for a pod of its own.
  var owner: Owner?
  /// Where the object that wants it was read.
  var position: SourcePosition
}

/// Why a container cannot be simulated.
public struct ReplicaConfigurationError: Error, Sendable {
  /// Names the flag, its limit and its value.
  public var reason: String

  /// The reason `reason`.
  public init(_ reason: String) { self.reason = reason }
}
