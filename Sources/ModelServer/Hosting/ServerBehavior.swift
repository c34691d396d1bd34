internal import Simulation

/// What can be changed of a hosted server while it runs: how long its answers take, and how many fail.
public struct ServerBehavior: Sendable, Equatable {
  /// The delays of each model's engine, in the order of the models.
  var latencies: [LatencyConfiguration]
  /// Percent of the requests that fail on purpose, 0 to 100.
  public internal(set) var failureRatePercent: Int

  init(_ configuration: ServerConfiguration) {
    latencies = configuration.models.map(\.engine.latency)
    failureRatePercent = configuration.failures.ratePercent
  }

  /// The first model's mean time to first token in nanoseconds; nil when it depends on the prompt.
  public var timeToFirstToken: Int64? {
    guard let latency = latencies.first else { return nil }
    switch latency.calculator {
    case .constant: return latency.timeToFirstToken.count
    case .automatic where latency.timeToFirstToken != .zero: return latency.timeToFirstToken.count
    case .automatic, .perToken:
      return latency.prefillTimePerToken == .zero ? latency.prefillOverhead.count : nil
    }
  }

  /// The first model's mean time between two tokens in nanoseconds.
  public var interTokenLatency: Int64 { latencies.first?.interTokenLatency.count ?? 0 }

  /// This behavior after `change`.
  func changed(by change: BehaviorChange, from configuration: ServerConfiguration) -> ServerBehavior {
    var behavior = change.resets ? ServerBehavior(configuration) : self
    for index in behavior.latencies.indices { behavior.latencies[index].apply(change) }
    if let rate = change.failureRatePercent { behavior.failureRatePercent = min(max(rate, 0), 100) }
    return behavior
  }
}

/// What to change of a server's behavior; nil leaves it.
public struct BehaviorChange: Sendable, Equatable {
  /// First everything goes back to what the server was configured with.
  public var resets = false
  /// The mean time to first token of all models, in nanoseconds of 0 or more, whatever the prompt.
  public var timeToFirstToken: Int64?
  /// The mean time between two tokens of all models, in nanoseconds of 0 or more.
  public var interTokenLatency: Int64?
  /// Percent of the requests that fail on purpose, 0 to 100.
  public var failureRatePercent: Int?

  /// Changes nothing.
  public init() {}
}

extension HostedServer {
  /// Delays and failures in force.
  public var behavior: ServerBehavior { state.behavior.withLock { $0 } }

  /// Something was changed of what it was configured with.
  public var hasChangedBehavior: Bool { behavior != ServerBehavior(state.configuration) }

  /// Changes delays and failures, from any thread. Requests that come later see it; delays already drawn stay.
  public func change(_ change: BehaviorChange) {
    state.behavior.withLock { $0 = $0.changed(by: change, from: state.configuration) }
    for address in state.allApplications { address.loop.execute { address.bound.value.adoptBehavior() } }
  }
}

extension LoopApplication {
  /// Takes over what `ServerState.behavior` says by now.
  func adoptBehavior() {
    let behavior = state.behavior.withLock { $0 }
    failures.setRate(percent: behavior.failureRatePercent)
    for (host, latency) in zip(hosts, behavior.latencies) { host?.updateLatency(latency) }
  }
}

extension LatencyConfiguration {
  /// Deviations shrink with their means, since a delay's deviation is at most 30 % of it.
  fileprivate mutating func apply(_ change: BehaviorChange) {
    if let mean = change.timeToFirstToken {
      calculator = .constant
      timeToFirstToken = Nanoseconds(max(0, mean))
      timeToFirstTokenStdDev = min(timeToFirstTokenStdDev, Nanoseconds(timeToFirstToken.count / 10 * 3))
    }
    if let mean = change.interTokenLatency {
      interTokenLatency = Nanoseconds(max(0, mean))
      interTokenLatencyStdDev = min(interTokenLatencyStdDev, Nanoseconds(interTokenLatency.count / 10 * 3))
    }
  }
}
