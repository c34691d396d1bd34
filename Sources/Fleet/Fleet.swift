internal import EndpointPicking
internal import Files
internal import HTTPServer
public import Kubernetes
internal import KubernetesClient
public import Logging
public import ModelServer
internal import Synchronization

/// A whole inference pool in one process: replicas, the endpoint picker, and the front door that clients call.
public final class Fleet: Sendable {
  /// Turns a container's command into what a server is configured with.
  public typealias ReplicaConfigurator =
    @Sendable (ContainerCommand) throws(ReplicaConfigurationError) -> ServerConfiguration

  private let state: FleetState
  private let http: HTTPServer
  private let controller: FleetController
  private let watcher: SourceWatcher
  private let servers: PickerServers?
  private let ports: (frontDoor: Int?, admin: Int, metrics: Int)

  /// Reads the sources, brings everything up, and opens the front door last.
  ///
  /// Throws when a source is wrong or a port is taken.
  public init(
    _ configuration: FleetConfiguration, logger: Logger, serverConfiguration: @escaping ReplicaConfigurator
  ) throws(FleetError) {
    let state = FleetState(configuration: configuration, logger: logger)
    self.state = state
    let cluster = try configuration.picker.kubernetes?.cluster()
    let frontDoor: ListeningSocket?
    let admin: ListeningSocket
    let metrics: ListeningSocket
    do throws(ServerError) {
      frontDoor = configuration.hasFrontDoor ? try ListeningSocket(.tcp(host: nil, port: configuration.port)) : nil
      admin = try ListeningSocket(.tcp(host: "127.0.0.1", port: configuration.adminPort))
      metrics = try ListeningSocket(.tcp(host: nil, port: configuration.metricsPort))
      var options = ServerOptions()
      options.maxBodyBytes = configuration.maxRequestBodyBytes
      http = try HTTPServer(loopCount: configuration.loopCount, options: options) { loop in
        let share = FleetLoop(loop, state: state)
        state.register(share, on: loop)
        return share
      }
    } catch {
      throw FleetError("\(error)")
    }
    ports = (frontDoor?.port, admin.port, metrics.port)
    controller = FleetController(state, http: http, configure: serverConfiguration)
    state.controller = controller
    let reader = SourceReader(configuration.sources)
    let snapshot = reader.read()
    do throws(FleetError) {
      try controller.start(snapshot.files)
      try state.checkPickerPools()
      servers = configuration.picker.listeners.isEmpty ? nil : try PickerServers(state)
    } catch {
      http.stop()
      throw error
    }
    do throws(FileError) {
      watcher = try SourceWatcher(reader, from: snapshot) { [controller] files in controller.update(files) }
    } catch {
      http.stop()
      throw FleetError("cannot watch the sources: \(error)")
    }
    state.pickerServers = servers
    http.listen(admin, tag: FleetListener.admin)
    http.listen(metrics, tag: FleetListener.metrics)
    if let frontDoor { http.listen(frontDoor, tag: FleetListener.frontDoor) }
    http.loops[0].execute { [state] in
      state.share(of: 0)?.bound.value.start(kubernetes: configuration.picker.kubernetes, cluster)
    }
  }

  /// What clients call.
  public var frontDoorURL: String { ports.frontDoor.map { "http://localhost:\($0)" } ?? "" }
  /// What `understudy get` and its like call.
  public var adminURL: String { "http://127.0.0.1:\(ports.admin)" }
  /// What Prometheus scrapes.
  public var metricsURL: String { "http://localhost:\(ports.metrics)/metrics" }
  /// Where gateways of others ask, `host:port` each in the order of the configuration; empty without an ext_proc server.
  public var pickerAddresses: [String] { servers?.ports.map { "0.0.0.0:\($0)" } ?? [] }
  /// Where gateways' health checks ask; nil without a health server.
  public var healthAddress: String? { servers?.healthPort.map { "0.0.0.0:\($0)" } }

  /// Refuses new requests at the front door with 503 from now on; what runs goes on. Health checks of gateways hear that
  /// others should be asked, and those that ask all the same are answered (llm-d-router, `--drain-timeout`).
  public func beginDraining() { state.beginDraining() }

  /// The number of requests that are still being answered: at the front door, at the replicas' own ports, or behind
  /// gateways of others.
  public var openRequests: Int { controller.openRequests }

  /// Ends the loops; what is still open is cut off.
  public func stop() {
    watcher.stop()
    servers?.stop(graceSeconds: 1)
    http.stop()
    state.controller = nil
  }
}

/// Why a fleet cannot start: one line, or one for each wrong object, that says what to change.
public struct FleetError: Error, Sendable, CustomStringConvertible {
  /// The text.
  public let description: String

  /// The error of that text.
  public init(_ description: String) { self.description = description }
}

extension KubernetesSource {
  /// The way to the API server.
  fileprivate func cluster() throws(FleetError) -> ClusterConfiguration {
    do throws(ConfigurationProblem) {
      return try ClusterConfiguration.find(environment: environment, kubeconfig: kubeconfig)
    } catch {
      throw FleetError(error.description)
    }
  }
}

extension FleetConfiguration {
  /// The number of event loops.
  var loopCount: Int { max(1, eventLoops ?? HTTPServer.defaultLoopCount) }
}

extension ListeningSocket {
  /// The real port.
  fileprivate var port: Int { if case .tcp(_, let port) = address { port } else { 0 } }
}
