internal import EndpointPicking
internal import ExternalProcessor
internal import Glibc
internal import HTTPServer
internal import Synchronization

/// The gRPC servers of a picker for gateways of others: ext_proc, one for each pool, and health.
final class PickerServers: Sendable {
  /// What health checks answer.
  let health = HealthBoard()
  private let servers: [ExternalProcessorServer]
  /// Only the leader of several replicas serves; a follower is alive all the same (GIE v1.5, health).
  private let electsLeader: Bool
  /// The ext_proc servers' ports, in the order of the configuration.
  let ports: [Int]
  /// The health server's port; nil when there is none.
  let healthPort: Int?

  /// Starts all of them. Throws one line when a port is taken or a certificate cannot be used.
  init(_ state: FleetState) throws(FleetError) {
    let configuration = state.configuration.picker
    let security = try Self.security(configuration.security)
    var options = ProcessorOptions()
    options.maxRequestBytes = configuration.maxRequestBodyBytes
    let scheduler = state.configuration.scheduler
    if !scheduler.parsers.isEmpty { options.parsers = scheduler.parsers.compactMap(RequestParser.init(rawValue:)) }
    options.isConformancePicker = scheduler.reportsServedEndpoint
    if configuration.setsModelHeaders {
      options.bodyRouting = .beside { model in state.topology.models.baseModel(of: model) }
    }
    let health = health
    electsLeader = configuration.kubernetes?.electsLeader ?? false
    health.set(.notServing, for: HealthBoard.pickerServices)
    if electsLeader {
      health.set(.serving, for: ["liveness"])
      health.set(.notServing, for: ["readiness"])
    }
    let prepared = options
    let outcome = waiting { () async -> Result<([ExternalProcessorServer], ExternalProcessorServer?), FleetError> in
      do throws(ExternalProcessorError) {
        var started: [ExternalProcessorServer] = []
        for listener in configuration.listeners {
          started.append(
            try await ExternalProcessorServer.start(
              ListenerOptions(port: listener.port, security: security),
              director: PoolDirector(state, pool: listener.pool), options: prepared,
              health: configuration.hasHealthOnMainPort ? health : nil))
        }
        guard let port = configuration.healthPort else { return .success((started, nil)) }
        return .success(
          (
            started,
            try await ExternalProcessorServer.startHealth(
              ListenerOptions(port: port, security: .plaintext), health: health)
          ))
      } catch {
        return .failure(FleetError(error.description))
      }
    }
    let (started, healthServer) = try outcome.get()
    ports = started.map(\.port)
    healthPort = healthServer?.port
    servers = started + [healthServer].compactMap(\.self)
  }

  private static func security(_ wanted: PickerSecurity) throws(FleetError) -> ServerSecurity {
    switch wanted {
    case .none: return .plaintext
    case .selfSigned:
      do throws(ServerError) {
        let identity = try TLSIdentity.selfSigned(hostName: nil)
        return .tls(certificate: identity.certificate, key: identity.key)
      } catch {
        throw FleetError("\(error)")
      }
    case .folder(let folder, let reloads):
      return .files(certificate: "\(folder)/tls.crt", key: "\(folder)/tls.key", reloads: reloads)
    }
  }

  /// Gateways may come: the pools are known.
  func setServing(_ isServing: Bool) {
    let status: HealthBoard.Status = isServing ? .serving : .notServing
    health.set(status, for: HealthBoard.pickerServices)
    if electsLeader { health.set(status, for: ["readiness"]) } else { health.setOthers(status) }
  }

  /// Takes no new streams, waits for those that run, and ends.
  func stop(graceSeconds: Int) {
    setServing(false)
    let servers = servers
    waiting {
      await withTaskGroup(of: Void.self) { group in
        for server in servers { group.addTask { await server.stop(grace: .seconds(graceSeconds)) } }
      }
    }
  }
}

/// Runs `work` and waits for it, on a thread that nobody else needs meanwhile: the program's start and end.
private func waiting<Outcome: Sendable>(_ work: @escaping @Sendable () async -> Outcome) -> Outcome {
  let result = ResultBox<Outcome>()
  Task { result.set(await work()) }
  while true {
    if let outcome = result.get() { return outcome }
    usleep(500)
  }
}

/// A result that is about to come.
private final class ResultBox<Outcome: Sendable>: Sendable {
  private let outcome = Mutex<Outcome?>(nil)
  func set(_ new: Outcome) { outcome.withLock { $0 = new } }
  func get() -> Outcome? { outcome.withLock { $0 } }
}
