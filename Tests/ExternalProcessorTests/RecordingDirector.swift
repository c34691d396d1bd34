import EndpointPicking
import Synchronization

@testable import ExternalProcessor

/// Sends everything to one endpoint, or waits until it is cancelled, and keeps what it hears.
final class RecordingDirector: RequestDirector {
  struct Record {
    var requests: [DirectedRequest] = []
    var cancelled = 0
    var routed: [Int] = []
    var responded: [String?] = []
    var finished: [RequestOutcome] = []
    var refusals: [Refusal] = []
  }

  let record = Mutex(Record())
  private let waits: Bool

  init(waits: Bool = false) { self.waits = waits }

  func direct(_ request: DirectedRequest) async -> Result<Direction, InferenceError> {
    record.withLock { $0.requests.append(request) }
    if waits {
      try? await Task.sleep(for: .seconds(60))
      record.withLock { $0.cancelled += Task.isCancelled ? 1 : 0 }
    }
    return .success(
      Direction(destination: "10.0.0.1:8000", incomingModel: request.model ?? "", targetModel: "target", token: 1))
  }

  func routed(_ direction: Direction, bodyBytes: Int) { record.withLock { $0.routed.append(bodyBytes) } }

  func responded(_ direction: Direction, status: Int?, servedBy: String?) {
    record.withLock { $0.responded.append(servedBy) }
  }

  func finished(_ direction: Direction?, _ outcome: RequestOutcome) { record.withLock { $0.finished.append(outcome) } }

  func refused(_ refusal: Refusal) { record.withLock { $0.refusals.append(refusal) } }

  /// Waits until `condition` holds, some seconds at most.
  func eventually(_ condition: @Sendable (Record) -> Bool) async -> Bool {
    for _ in 0..<1000 {
      if record.withLock({ condition($0) }) { return true }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return false
  }
}
