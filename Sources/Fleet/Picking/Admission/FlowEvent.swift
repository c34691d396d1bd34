internal import EndpointPicking

/// What happens in a pool's flow control, for metrics. Times are in nanoseconds.
enum FlowEvent: Sendable {
  /// A request asks to be let through; exactly one `left` follows.
  case entered(AdmissionRequest)
  /// A request took so long to be put into its queue: `notYetFinalized` when it was, else a refusal. One for each that
  /// entered; another thread may have said `left` already.
  case enqueued(AdmissionRequest, FlowOutcome, Int64)
  /// A request is out of flow control.
  case left(AdmissionRequest, FlowDecision)
  /// A look at the pool, and at who goes next, took so long.
  case looked(Int64)
}
