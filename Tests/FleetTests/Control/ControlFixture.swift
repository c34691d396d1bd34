import EndpointPicking
import Kubernetes
import Logging
import ModelServer

@testable import Fleet

/// Objects of a text, as the store would have them.
func objects(_ text: String) -> [ManifestObject] {
  ManifestCollection([ManifestReader().read(text, file: "objects.yaml")]).objects
}

/// A Deployment of simulators of `model`.
func deployment(_ name: String, model: String, replicas: Int = 1, port: Int? = nil, namespace: String = "default")
  -> String
{
  """
  apiVersion: apps/v1
  kind: Deployment
  metadata: {name: \(name), namespace: \(namespace)}
  spec:
    replicas: \(replicas)
    selector: {matchLabels: {app: \(name)}}
    template:
      metadata: {labels: {app: \(name)}}
      spec:
        containers:
        - name: vllm
          image: ghcr.io/llm-d/llm-d-inference-sim:v0.8.2
          args: [--model, \(model)\(port.map { ", --port, \"\($0)\"" } ?? "")]
  ---

  """
}

/// A pool of the pods with the label `app: name`.
func pool(_ name: String, app: String? = nil, port: Int = 8000) -> String {
  """
  apiVersion: inference.networking.k8s.io/v1
  kind: InferencePool
  metadata: {name: \(name)}
  spec:
    selector: {matchLabels: {app: \(app ?? name)}}
    targetPorts: [{number: \(port)}]
    endpointPickerRef: {name: epp, port: {number: 9002}}
  ---

  """
}

/// The configuration that a command asks for, as far as tests look at it: `--model` and `--adapter`.
@Sendable func configuration(of command: ContainerCommand) throws(ReplicaConfigurationError) -> ServerConfiguration {
  var configuration = ServerConfiguration()
  guard let flag = command.arguments.firstIndex(of: "--model"), flag + 1 < command.arguments.count else {
    throw ReplicaConfigurationError("--model: required")
  }
  configuration.models = [ModelConfiguration(model: command.arguments[flag + 1])]
  return configuration
}

/// Replicas for objects, without loops to run on.
struct ReplicaWorld {
  var replicas = ReplicaSet(basePort: nil, loopCount: 2, logger: Logger(label: "test"))
  private(set) var seconds: Int64 = 100

  @discardableResult mutating func become(_ text: String) throws -> ReplicaSet.Change {
    seconds += 1
    let wanted = try ReplicaPlanner(objects(text)).replicas.map { ($0, try configuration(of: $0.command)) }
    return replicas.reconcile(wanted, at: seconds)
  }

  mutating func wait(_ time: Int64) { seconds += time }

  var names: [String] { replicas.current.keys.map(\.name).sorted() }
  func id(_ name: String) -> Int? { replicas.current[NamespacedName(namespace: "default", name: name)]?.id }
}
