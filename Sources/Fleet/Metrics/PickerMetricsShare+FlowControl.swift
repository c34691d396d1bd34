internal import EndpointPicking
internal import Prometheus

extension PickerMetricsShare {
  /// Counts a request into a pool's flow control; `flowControlLeft` follows, at once when it is let through or rejected
  /// at once.
  mutating func flowControlEntered(_ id: RequestSeriesID, pool: String, bytes: Int) {
    changeQueue(FlowQueueLabels(request: id, pool: pool), requests: 1, bytes: bytes)
  }

  /// Counts a request out of a pool's flow control, `bytes` as when it entered. `waited` is the time since it entered.
  mutating func flowControlLeft(
    _ id: RequestSeriesID, pool: String, bytes: Int, outcome: FlowOutcome, waited nanoseconds: Int64
  ) {
    changeQueue(FlowQueueLabels(request: id, pool: pool), requests: -1, bytes: -bytes)
    let position = flows.position(of: FlowLabels(request: id, pool: pool, outcome: outcome), initially: FlowSeries())
    flows.values[position].requests.increment()
    flows.values[position].waits.observe(max(0, nanoseconds.seconds))
  }

  /// Counts the work of putting a request into its queue; `outcome` is `notYetFinalized` when it was put there.
  mutating func flowControlEnqueued(
    _ id: RequestSeriesID, pool: String, outcome: FlowOutcome, nanoseconds: Int64
  ) {
    let position = flows.position(of: FlowLabels(request: id, pool: pool, outcome: outcome), initially: FlowSeries())
    flows.values[position].enqueues.observe(max(0, nanoseconds.seconds))
  }

  private mutating func changeQueue(_ labels: FlowQueueLabels, requests: Int, bytes: Int) {
    let position = flowQueues.position(of: labels, initially: FlowQueueSeries())
    flowQueues.values[position].requests &+= requests
    flowQueues.values[position].bytes &+= bytes
  }
}

/// The labels of requests that left a pool's flow control.
struct FlowLabels: Hashable, Sendable {
  /// Models, fairness id and priority.
  var request: RequestSeriesID
  /// The pool's name.
  var pool: String
  /// What became of them.
  var outcome: FlowOutcome

  /// These labels in another share, where the request labels of number n have become `ids[n]`.
  func relabeled(_ ids: [RequestSeriesID]) -> FlowLabels {
    FlowLabels(request: ids[request.position], pool: pool, outcome: outcome)
  }
}

/// What was counted of them.
struct FlowSeries: Sendable {
  /// How many there were.
  var requests = Counter()
  /// How long they were in flow control.
  var waits = Histogram(PickerBuckets.flowControl)
  /// How long it took to queue them.
  var enqueues = Histogram(PickerBuckets.scheduling)

  /// Adds what another share counted.
  mutating func merge(_ other: FlowSeries) {
    requests.merge(other.requests)
    waits.merge(other.waits)
    enqueues.merge(other.enqueues)
  }
}

/// The labels of requests that are in a pool's flow control.
struct FlowQueueLabels: Hashable, Sendable {
  /// Models, fairness id and priority.
  var request: RequestSeriesID
  /// The pool's name.
  var pool: String

  /// These labels in another share, where the request labels of number n have become `ids[n]`.
  func relabeled(_ ids: [RequestSeriesID]) -> FlowQueueLabels {
    FlowQueueLabels(request: ids[request.position], pool: pool)
  }
}

/// How many of them there are.
struct FlowQueueSeries: Sendable, Equatable {
  /// Requests.
  var requests = 0
  /// Bytes of their bodies.
  var bytes = 0

  /// Adds another share's.
  mutating func merge(_ other: FlowQueueSeries) {
    requests &+= other.requests
    bytes &+= other.bytes
  }
}
