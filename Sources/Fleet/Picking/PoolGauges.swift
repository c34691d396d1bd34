internal import EndpointPicking

/// One pool at one moment, for the gauges `inference_pool_*` and their newer names (GIE v1.5; llm-d 0.10).
struct PoolGauges: Sendable {
  /// One endpoint.
  struct EndpointGauges: Sendable, Equatable {
    /// Which one it is.
    var id: EndpointID
    /// Requests waiting, as the picker sees it (`inference_pool_per_pod_queue_size`).
    var waiting: Int
    /// Requests running, as the picker sees it.
    var running: Int
    /// Used share of the KV cache, 0 to 1, as the picker sees it.
    var kvUsage: Double
    /// That was read within the last `staleness`.
    var isFresh: Bool
    /// Requests that were sent there and have not finished.
    var inFlightRequests: Int
    /// Tokens that those are estimated to have.
    var inFlightTokens: Int
  }

  /// Readings older than this many nanoseconds are left out of averages: 2 s (GIE v1.5).
  static let staleness: Int64 = 2_000_000_000

  /// The pool.
  var pool: PoolID
  /// In the order in which the picker was told of them.
  var endpoints: [EndpointGauges]
  /// What is in flight to the endpoints, by flow; of the default flow also where there is nothing.
  var inFlight: [InFlightGauge]
  /// The prefix index; nil without one.
  var prefixIndex: PrefixIndexGauge?
  /// Requests that were sent and have not finished, also to endpoints that have gone.
  var inFlightRequests: Int
  /// 1 or more is saturated (`inference_extension_flow_control_pool_saturation`).
  var saturation: Double
  /// Endpoints that count as full to the detector of that name because their metrics are missing or old; nil when it
  /// doesn't look at metrics.
  var staleEndpoints: (detector: String, count: Int)?
}

extension PoolGauges {
  init(_ state: PickerState, pool: PoolID, at now: Int64) {
    let configuration = state.scheduler.configuration
    self.pool = pool
    if configuration.prefixCache != nil {
      prefixIndex = PrefixIndexGauge(plugin: configuration.prefixPlugin, entries: state.scheduler.prefixIndexSize)
    }
    inFlightRequests = state.tickets.count
    saturation = state.scheduler.saturation(of: state.snapshot, at: now)
    if case .utilization(let limits) = configuration.saturation.detector {
      let stale = state.snapshot.endpoints.count { !$0.metrics.isFresh(at: now, within: limits.staleness) }
      staleEndpoints = (configuration.saturation.name, stale)
    }
    endpoints = state.snapshot.endpoints.map { endpoint in
      let inFlight = state.scheduler.inFlight(endpoint.id)
      return EndpointGauges(
        id: endpoint.id, waiting: endpoint.metrics.waiting, running: endpoint.metrics.running,
        kvUsage: endpoint.metrics.kvUsage, isFresh: endpoint.metrics.isFresh(at: now, within: Self.staleness),
        inFlightRequests: inFlight.requests, inFlightTokens: inFlight.tokens)
    }
    inFlight = Self.byFlow(endpoints, state)
  }

  /// The endpoints' load by flow: of the default flow it is what the others leave, so that all together are what the
  /// scheduler counts.
  private static func byFlow(_ endpoints: [EndpointGauges], _ state: PickerState) -> [InFlightGauge] {
    struct Key: Hashable {
      var id: EndpointID
      var flow: FlowKey
    }
    let producer = state.scheduler.configuration.inFlightPlugin.name
    var gauges = endpoints.map { endpoint in
      InFlightGauge(
        id: endpoint.id, producer: producer, requests: endpoint.inFlightRequests, tokens: endpoint.inFlightTokens)
    }
    let places = Dictionary(zip(endpoints.map(\.id), gauges.indices), uniquingKeysWith: { first, _ in first })
    let ordinary = FlowKey(fairnessID: FlowKey.defaultFairnessID, priority: 0)
    var others: [Key: Int] = [:]
    state.tickets.forEach { request, flow in
      if flow == ordinary { return }
      for id in state.scheduler.endpoints(of: request) {
        guard let place = places[id] else { continue }
        let other = others[Key(id: id, flow: flow)] ?? gauges.count
        if other == gauges.count {
          others[Key(id: id, flow: flow)] = other
          gauges.append(InFlightGauge(id: id, producer: producer, flow: flow, requests: 0, tokens: 0))
        }
        gauges[other].requests += 1
        gauges[other].tokens += request.tokens
        gauges[place].requests -= 1
        gauges[place].tokens -= request.tokens
      }
    }
    return gauges
  }
}

extension EndpointMetrics {
  /// They were read at most `age` nanoseconds before `now`.
  fileprivate func isFresh(at now: Int64, within age: Int64) -> Bool {
    guard let updatedAt else { return false }
    let (elapsed, overflow) = now.subtractingReportingOverflow(updatedAt)
    return overflow ? updatedAt > 0 : elapsed <= age
  }
}
