internal import EndpointPicking

/// One pool at one moment, for the gauges `inference_pool_*` and their newer names (GIE v1.5; llm-d 0.10).
///
/// Averages and deviations are over the endpoints whose load was read within the last 2 s, as GIE does; 0 when there
/// are none.
struct PoolGauges: Sendable {
  /// One endpoint.
  struct EndpointGauges: Sendable, Equatable {
    /// Which one it is.
    var id: EndpointID
    /// Its port, for labels.
    var port: Int
    /// Requests waiting, as the picker sees it (`inference_pool_per_pod_queue_size`).
    var waiting: Int
    /// Requests running, as the picker sees it.
    var running: Int
    /// Used share of the KV cache, 0 to 1, as the picker sees it.
    var kvUsage: Double
    /// Requests that were sent there and have not finished.
    var inFlightRequests: Int
    /// Tokens that those are estimated to have.
    var inFlightTokens: Int
  }

  /// Mean and standard deviation (of the population).
  struct Spread: Sendable, Equatable {
    var mean = 0.0
    var deviation = 0.0

    init(_ values: [Double]) {
      guard !values.isEmpty else { return }
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      self.mean = mean
      deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    }
  }

  /// Readings older than this many nanoseconds are left out of averages.
  static let staleness: Int64 = 2_000_000_000

  /// The pool.
  var pool: PoolID
  /// In the order in which the picker was told of them.
  var endpoints: [EndpointGauges]
  /// Requests waiting.
  var waiting: Spread
  /// Requests running.
  var running: Spread
  /// Used share of the KV cache.
  var kvUsage: Spread
  /// Pairs of prompt block and endpoint (`inference_extension_prefix_indexer_size`).
  var prefixIndexSize: Int
  /// Requests that were sent and have not finished, also to endpoints that have gone.
  var inFlightRequests: Int
  /// 1 or more is saturated (`inference_extension_flow_control_pool_saturation`).
  var saturation: Double

  /// Endpoints that picks choose from (`inference_pool_ready_pods`).
  var readyEndpoints: Int { endpoints.count }
}

extension PoolGauges {
  init(_ state: PickerState, pool: PoolID, at now: Int64) {
    let fresh = state.snapshot.endpoints.lazy.map(\.metrics).filter { metrics in
      guard let updatedAt = metrics.updatedAt else { return false }
      let (age, overflow) = now.subtractingReportingOverflow(updatedAt)
      return !overflow && age <= Self.staleness
    }
    self.pool = pool
    waiting = Spread(fresh.map { Double($0.waiting) })
    running = Spread(fresh.map { Double($0.running) })
    kvUsage = Spread(fresh.map(\.kvUsage))
    prefixIndexSize = state.scheduler.prefixIndexSize
    inFlightRequests = state.tickets.count
    saturation = state.scheduler.saturation(of: state.snapshot, at: now)
    endpoints = state.snapshot.endpoints.map { endpoint in
      let inFlight = state.scheduler.inFlight(endpoint.id)
      return EndpointGauges(
        id: endpoint.id, port: endpoint.port, waiting: endpoint.metrics.waiting, running: endpoint.metrics.running,
        kvUsage: endpoint.metrics.kvUsage, inFlightRequests: inFlight.requests, inFlightTokens: inFlight.tokens)
    }
  }
}
