internal import Kubernetes
internal import ModelServer

/// Whether the containers of workloads and pods can be simulated.
struct ContainerCheck: Sendable {
  private let configure: @Sendable (ContainerCommand) throws(ReplicaConfigurationError) -> ServerConfiguration

  init(_ configure: @escaping @Sendable (ContainerCommand) throws(ReplicaConfigurationError) -> ServerConfiguration) {
    self.configure = configure
  }

  /// What is wrong with `object`; nil when it can be simulated, or asks for no simulation.
  func problem(_ object: ManifestObject) -> String? {
    let plan = ReplicaPlanner([object])
    if let problem = plan.problems.first { return problem }
    guard let first = plan.replicas.first else { return nil }
    do throws(ReplicaConfigurationError) {
      _ = try configure(first.command)
      return nil
    } catch {
      return error.reason
    }
  }
}
