internal import EndpointPicking

/// What admission looks at.
struct AdmissionRequest: Sendable, Equatable {
  /// Higher goes first; negative may be shed.
  var priority = 0
  /// Requests of one id share fairly with those of others; empty for the default flow.
  var fairnessID = ""
  /// The size of the body.
  var bodyBytes = 0
  /// How long it may wait, in nanoseconds; nil for the configured time.
  var ttl: Int64?
  /// When its first token is due after it came, in nanoseconds.
  var ttftObjective: Int64?
  /// The model that the client named, for metrics.
  var incomingModel = ""
  /// The model that the server will be asked for, for metrics.
  var targetModel = ""

  /// Whom it takes turns with.
  var flow: FlowKey { FlowKey(fairnessID: fairnessID, priority: priority) }

  /// As `request` says, with the objective of its header `x-slo-ttft-ms` (llm-d: `x-llm-d-slo-ttft-ms`), if any.
  init(_ request: PickRequest, ttl: Int64? = nil) {
    priority = request.priority
    fairnessID = request.fairnessID
    bodyBytes = request.bodyBytes
    self.ttl = ttl
    let milliseconds = (request.headers["x-slo-ttft-ms"] ?? request.headers["x-llm-d-slo-ttft-ms"]).flatMap(Double.init)
    if let milliseconds, milliseconds > 0, milliseconds < 1e12 { ttftObjective = Int64(milliseconds * 1e6) }
    incomingModel = request.incomingModel
    targetModel = request.targetModel
  }
}

/// What admission says at once.
enum Admission: Sendable, Equatable {
  /// The request may be picked for.
  case now
  /// It waits under this number.
  case queued(UInt64)
  /// It is to be answered with this error.
  case refused(InferenceError)
}
