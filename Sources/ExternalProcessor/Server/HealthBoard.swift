internal import Synchronization

/// What health checks answer, by service (gRPC health checking protocol, version 1).
///
/// Several servers may show the same board: the main port and a port of its own for probes.
public final class HealthBoard: Sendable {
  /// The state of a service.
  public enum Status: Equatable, Sendable {
    case serving
    case notServing
  }

  /// The names that gateways and charts ask for: Envoy's, that of the chart's probes, and none at all.
  public static let pickerServices = ["envoy.service.ext_proc.v3.ExternalProcessor", "inference-extension", ""]

  private struct State {
    var statuses: [String: Status] = [:]
    var others: Status?
    var watchers: [UInt64: (service: String, continuation: AsyncStream<Status?>.Continuation)] = [:]
    var nextWatcher: UInt64 = 0

    func status(of service: String) -> Status? { statuses[service] ?? others }
  }

  private let state = Mutex(State())

  /// A board that knows no service.
  public init() {}

  /// Sets the state of `services`.
  public func set(_ status: Status, for services: [String]) {
    change { state in
      for service in services { state.statuses[service] = status }
    }
  }

  /// Sets the state of every service that `set(_:for:)` has not named; nil when they are unknown, as at first.
  public func setOthers(_ status: Status?) {
    change { $0.others = status }
  }

  /// The state of a service; nil when it is not known.
  public func status(of service: String) -> Status? { state.withLock { $0.status(of: service) } }

  /// The services that were named, and their states.
  var all: [String: Status] { state.withLock { $0.statuses } }

  /// The state of a service now and after each change; those in between may be left out.
  func watch(_ service: String) -> AsyncStream<Status?> {
    let (stream, continuation) = AsyncStream<Status?>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let id = state.withLock { state in
      let id = state.nextWatcher
      state.nextWatcher += 1
      state.watchers[id] = (service, continuation)
      continuation.yield(state.status(of: service))
      return id
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { _ = $0.watchers.removeValue(forKey: id) }
    }
    return stream
  }

  private func change(_ body: (inout State) -> Void) {
    state.withLock { state in
      let before = state.watchers.mapValues { state.status(of: $0.service) }
      body(&state)
      for (id, watcher) in state.watchers {
        let status = state.status(of: watcher.service)
        if before[id] != .some(status) { watcher.continuation.yield(status) }
      }
    }
  }
}
