internal import EndpointPicking

/// The requests that wait in flow control, and what to call when their time has come; guarded by the admitter's lock.
struct FlowState: Sendable {
  /// A request that has been decided on.
  struct Released: Sendable {
    var request: AdmissionRequest
    var decision: FlowDecision
    var resume: Admitter.Resume
  }

  private struct Waiting: Sendable {
    var request: AdmissionRequest
    var resume: Admitter.Resume
  }

  private(set) var controller: FlowController
  /// A thread is letting requests through; it goes on until nothing more happens.
  var isPumping = false
  /// The latest time that anybody said.
  private(set) var now = Int64.min
  private var waiting: [UInt64: Waiting] = [:]
  private var lastID: UInt64 = 0

  init(_ settings: FlowControlSettings) { controller = FlowController(FlowControlConfiguration(settings)) }

  /// Nobody waits.
  var isEmpty: Bool { controller.load.requests == 0 }

  /// Moves on to `time`, if it is later: several threads read the clock.
  mutating func advance(to time: Int64) { now = max(now, time) }

  /// Takes a request in; it waits when the decision is `notYetFinalized`.
  mutating func enqueue(
    _ request: AdmissionRequest, ttl: Int64?, saturation: Double, resume: @escaping Admitter.Resume
  ) -> FlowDecision {
    lastID += 1
    let item = FlowItem(
      id: lastID, flow: request.flow, bytes: request.bodyBytes, ttl: ttl, ttftObjective: request.ttftObjective)
    let decision = controller.enqueue(item, at: now, saturation: saturation)
    if decision.outcome == .notYetFinalized { waiting[lastID] = Waiting(request: request, resume: resume) }
    return decision
  }

  /// The next request that leaves the queue now.
  mutating func next(saturation: Double) -> Released? {
    controller.next(at: now, saturation: saturation).flatMap { release($0) }
  }

  /// Takes out a request whose client has gone away; nil when it does not wait.
  mutating func cancel(_ id: UInt64) -> Released? { controller.cancel(id, at: now).flatMap { release($0) } }

  /// Takes out all requests; later ones are refused.
  mutating func shutDown() -> [Released] { controller.shutDown(at: now).compactMap { release($0) } }

  private mutating func release(_ decision: FlowDecision) -> Released? {
    guard let waiting = waiting.removeValue(forKey: decision.id) else { return nil }
    return Released(request: waiting.request, decision: decision, resume: waiting.resume)
  }
}
