internal import EndpointPicking

/// The state of one pool when its page is made.
struct PoolMetrics: Sendable {
  /// The pool's name: the labels `name` and `inference_pool`. Of pools with one name the page shows the sum of counts
  /// and otherwise the larger value, so pools of several namespaces had better not share one.
  var name: String
  /// Its endpoints.
  var endpoints: [EndpointLoad]
  /// How full it is, 1 being the point from which on requests wait; nil when nobody asks.
  var saturation: Double?
  /// The same of its endpoints that prefill, when they are judged apart.
  var prefillSaturation: Double?
  /// The same of its endpoints that decode, when they are judged apart.
  var decodeSaturation: Double?
  /// How full its flow control's queues are; nil without flow control.
  var flowControl: FlowOccupancy?
  /// Its prefix indexes.
  var prefixIndexes: [PrefixIndexGauge] = []
  /// What was sent to its endpoints and has not finished.
  var inFlight: [InFlightGauge] = []
  /// Endpoints that count as full because nothing recent is known of them, by the detector's name; nil when no detector
  /// looks for them.
  var staleEndpoints: (detector: String, count: Int)?

  /// A pool of which only the endpoints are known.
  init(name: String, endpoints: [EndpointLoad]) {
    self.name = name
    self.endpoints = endpoints
  }

  /// Averages and deviations are of the endpoints that are ready; nil when there are none.
  func statistics(_ value: (EndpointLoad) -> Double) -> (mean: Double, deviation: Double)? {
    let values = endpoints.filter(\.isReady).map(value)
    guard !values.isEmpty else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    // The sample's deviation; that of a single endpoint is 0.
    return (mean, (squares / Double(max(1, values.count - 1))).squareRoot())
  }
}

/// What is known of one endpoint of a pool.
struct EndpointLoad: Sendable, Equatable {
  /// Which one it is.
  var id: EndpointID
  /// Requests that wait.
  var waiting: Int
  /// Requests that run.
  var running: Int
  /// Used share of the KV cache, 0 to 1.
  var kvUsage: Double
  /// Whether that is recent enough to count in averages (GIE: not older than two seconds).
  var isReady = true
}

extension EndpointID {
  /// What GIE calls the endpoint in labels: the pod and the rank of the port.
  var label: String { "\(name)-rank-\(rank)" }
}

/// The size of one prefix index.
struct PrefixIndexGauge: Sendable {
  /// Whose it is.
  var plugin: PluginIdentity
  /// Entries: pairs of a block and an endpoint that holds it.
  var entries: Int
}

/// What an in-flight load producer counts of one endpoint and flow.
struct InFlightGauge: Sendable {
  /// The endpoint.
  var id: EndpointID
  /// The producer's name.
  var producer: String
  /// The flow.
  var flow = FlowKey(fairnessID: FlowKey.defaultFairnessID, priority: 0)
  /// Requests on their way.
  var requests: Int
  /// Their tokens.
  var tokens: Int
}

/// The used shares of flow control's room, 0 to 1 (llm-d 0.10).
struct FlowOccupancy: Sendable, Equatable {
  /// One priority's share; nil where there is no limit.
  struct Band: Sendable, Equatable {
    var priority: Int
    var requests: Double?
    var bytes: Double?
  }

  /// The configured bands and those that hold requests, the highest priority first.
  var bands: [Band]
  /// Of the limits for all bands; nil where there is none.
  var requests: Double?
  var bytes: Double?

  /// The state of `controller`.
  init(_ controller: FlowController) {
    let configuration = controller.configuration
    let occupied = controller.flowLoads.filter { $0.value.requests > 0 }.map(\.key.priority)
    bands = Set(occupied).union(configuration.priorityBands.keys).sorted(by: >).map { priority in
      let limits = configuration.band(priority)
      let load = controller.load(ofBand: priority)
      return Band(
        priority: priority, requests: Self.share(load.requests, of: limits.maxRequests),
        bytes: Self.share(load.bytes, of: limits.maxBytes))
    }
    requests = Self.share(controller.load.requests, of: configuration.maxRequests)
    bytes = Self.share(controller.load.bytes, of: configuration.maxBytes)
  }

  private static func share(_ used: Int, of limit: Int) -> Double? {
    limit > 0 ? Double(used) / Double(limit) : nil
  }
}
