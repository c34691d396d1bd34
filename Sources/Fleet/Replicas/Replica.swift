internal import EndpointPicking
internal import HTTPServer
internal import Logging
internal import ModelServer

/// A simulated pod that is up: a whole model server on the fleet's loops.
final class Replica: Sendable {
  /// Its number: never used twice, it names the replica on every loop and as a listener's tag.
  let id: Int
  /// As the manifests want it.
  let specification: ReplicaSpecification
  /// The server.
  let server: HostedServer
  /// What pickers read of it.
  let load: ReplicaLoad
  /// Where gateways and pickers see it: an address of its own inside the process, or its real one with a base port.
  let address: String
  /// The port of `address` that is really open; nil when it can be reached inside the process only.
  let openPort: Int?
  /// Its place among the ports that count up from the base port, and its home loop.
  let ordinal: Int
  /// When it came up, in seconds since 1970.
  let created: Int64

  init(
    id: Int, ordinal: Int, specification: ReplicaSpecification, configuration: ServerConfiguration, basePort: Int?,
    loopCount: Int, created: Int64, logger: Logger
  ) {
    self.id = id
    self.ordinal = ordinal
    self.specification = specification
    self.created = created
    openPort = basePort.map { $0 + ordinal }
    // A pod network's addresses, so that every replica has one of its own.
    address = basePort == nil ? "10.244.\(ordinal / 250).\(ordinal % 250 + 1)" : "127.0.0.1"
    var configuration = configuration
    configuration.pod.name = specification.name.name
    configuration.pod.namespace = specification.name.namespace
    configuration.pod.ip = address
    configuration.api.olderMessageFields = true
    server = HostedServer(
      configuration, port: openPort ?? specification.port, home: ordinal % loopCount, loopCount: loopCount,
      logger: logger)
    load = ReplicaLoad(server)
  }

  private init(_ other: Replica, _ specification: ReplicaSpecification) {
    id = other.id
    self.specification = specification
    server = other.server
    load = other.load
    address = other.address
    openPort = other.openPort
    ordinal = other.ordinal
    created = other.created
  }

  /// The same server with other labels.
  func relabelled(_ specification: ReplicaSpecification) -> Replica {
    specification == self.specification ? self : Replica(self, specification)
  }

  /// As pools see it.
  var pod: Pod {
    Pod(
      metadata: ObjectMetadata(
        name: specification.name.name, namespace: specification.name.namespace, creationTimestamp: created),
      labels: specification.labels, ip: address, isReady: server.isReady, activePorts: specification.activePorts)
  }
}
