internal import EndpointPicking
internal import Synchronization

/// What flow control does in all pools, counted for the endpoint picker's metrics page.
///
/// Requests are let through on whatever thread makes room for them, so this is not one loop's share but a share of its
/// own behind a lock. Without flow control nobody counts here.
final class FlowMetrics: Sendable {
  private let counted = Mutex(PickerMetricsShare())

  /// What has been counted so far, to be merged with the loops' shares.
  var share: PickerMetricsShare { counted.withLock { $0 } }

  /// Counts what it hears of the flow control of the pool of that name.
  func observer(ofPool name: String) -> Admitter.Observer {
    { [self] event in count(event, pool: name) }
  }

  /// Counts what has happened in the flow control of the pool of that name.
  func count(_ event: FlowEvent, pool: String) {
    counted.withLock { share in
      switch event {
      case .entered(let request):
        share.flowControlEntered(share.series(of: RequestLabels(request)), pool: pool, bytes: request.bodyBytes)
      case .enqueued(let request, let outcome, let nanoseconds):
        share.flowControlEnqueued(
          share.series(of: RequestLabels(request)), pool: pool, outcome: outcome, nanoseconds: nanoseconds)
      case .left(let request, let decision):
        share.flowControlLeft(
          share.series(of: RequestLabels(request)), pool: pool, bytes: request.bodyBytes, outcome: decision.outcome,
          waited: decision.waited)
      case .looked(let nanoseconds): share.observe(.dispatchCycle, nanoseconds: nanoseconds)
      }
    }
  }
}

extension RequestLabels {
  /// The labels of a request in flow control.
  fileprivate init(_ request: AdmissionRequest) {
    self.init(
      incomingModel: request.incomingModel, targetModel: request.targetModel,
      fairnessID: request.flow.fairnessID, priority: request.priority)
  }
}
