internal import EndpointPicking
internal import HTTPServer
internal import Synchronization

/// Decides which requests a pool's picker is asked for, and when.
///
/// By default only requests of negative priority are refused, while the pool is saturated (GIE v1.5, legacy admission).
/// With the feature gate `flowControl` requests wait until the pool has room; a pool without endpoints counts as
/// saturated, so that they wait for the first one (for `noEndpointRequestTTL`, when that is configured). Somebody has to
/// call `pump` whenever that may have changed.
///
/// Every request that waits is resumed exactly once, in the order of the decisions, on whatever thread made the
/// decision, and without any lock held: it may call back.
final class Admitter: Sendable {
  /// Called with success when the request may be picked for, else with the error to answer with.
  typealias Resume = @Sendable (Result<Void, InferenceError>) -> Void
  /// Hears what happens in flow control, for metrics; on any thread, without any lock held.
  typealias Observer = @Sendable (FlowEvent) -> Void

  /// While requests wait, the pool is looked at again after so many nanoseconds: 5 ms. Loads fall without anybody
  /// telling.
  static let pumpInterval: Int64 = 5_000_000

  private let picker: PoolPicker
  private let settings: FlowControlSettings
  private let observer: Observer?
  private let flow: Mutex<FlowState>

  /// The admission in front of `picker`, as its configuration says.
  init(_ picker: PoolPicker, observer: Observer? = nil) {
    self.picker = picker
    self.observer = observer
    settings = picker.configuration.flowControl
    flow = Mutex(FlowState(settings))
  }

  /// Requests may wait: `pump` is to be called.
  var isFlowControlled: Bool { settings.isEnabled }

  /// Decides about a request.
  ///
  /// When it has to wait, `resume` is called once, possibly before this returns; otherwise never.
  func admit(_ request: AdmissionRequest, at now: Int64, resume: @escaping Resume) -> Admission {
    guard settings.isEnabled else {
      do throws(InferenceError) {
        try LegacyAdmission.admit(priority: request.priority, saturation: picker.saturation(at: now))
        return .now
      } catch {
        return .refused(error)
      }
    }
    observer?(.entered(request))
    let (decision, looking, enqueueing) = flow.withLock { flow in
      flow.advance(to: now)
      let start = time
      let pool = picker.readiness(at: flow.now)
      let looked = time
      let decision = flow.enqueue(
        request, ttl: ttl(of: request, isPoolEmpty: pool.isEmpty), saturation: pool.saturation, resume: resume)
      let enqueued = time
      // Under the lock, so that nobody decides about the next request before this one counts.
      if decision.outcome == .dispatched { picker.expectPick(bytes: request.bodyBytes, at: flow.now) }
      return (decision, looked &- start, enqueued &- looked)
    }
    // Who is let through at once was in the queue for that moment.
    let outcome = decision.outcome == .dispatched ? .notYetFinalized : decision.outcome
    observer?(.enqueued(request, outcome, enqueueing))
    observer?(.looked(looking))
    if decision.outcome == .notYetFinalized { return .queued(decision.id) }
    observer?(.left(request, decision))
    return error(of: decision, isPoolEmpty: false).map { .refused($0) } ?? .now
  }

  /// Takes out a request whose client has gone away, and resumes it with an error; false when it does not wait.
  @discardableResult func cancel(_ id: UInt64, at now: Int64) -> Bool {
    let released = flow.withLock { flow in
      flow.advance(to: now)
      return flow.cancel(id)
    }
    guard let released else { return false }
    resume(released, isPoolEmpty: false)
    return true
  }

  /// Resumes the requests whose time has run out, and those that the pool has room for; after every finished request,
  /// every change of endpoints, and at `nextDeadline`.
  func pump(at now: Int64) {
    let isMine = flow.withLock { flow in
      flow.advance(to: now)
      if flow.isPumping || flow.isEmpty { return false }
      flow.isPumping = true
      return true
    }
    guard isMine else { return }
    // What others ask for meanwhile, or those who are resumed, is done here: that keeps the order and the stack flat.
    while let (released, isPoolEmpty) = next() { resume(released, isPoolEmpty: isPoolEmpty) }
  }

  /// Resumes all requests with an error, and refuses later ones; when the pool goes.
  func shutDown(at now: Int64) {
    let released = flow.withLock { flow in
      flow.advance(to: now)
      return flow.shutDown()
    }
    for released in released { resume(released, isPoolEmpty: false) }
  }

  /// When `pump` is to be called at the latest; nil while nobody waits.
  var nextDeadline: Int64? {
    flow.withLock { flow in
      guard !flow.isEmpty else { return nil }
      let next = flow.now &+ Self.pumpInterval
      return min(next, flow.controller.nextDeadline ?? next)
    }
  }

  /// What waits in each flow, for metrics; flows that were in use lately are there with zeros.
  var flowLoads: [FlowKey: FlowLoad] { flow.withLock { $0.controller.flowLoads } }

  /// How full the queues are; nil without flow control.
  var occupancy: FlowOccupancy? { settings.isEnabled ? flow.withLock { FlowOccupancy($0.controller) } : nil }

  /// All that waits.
  var load: FlowLoad { flow.withLock { $0.controller.load } }

  /// The next request that leaves the queue; nil, and the pump stops, when there is none now.
  private func next() -> (FlowState.Released, isPoolEmpty: Bool)? {
    let look: (released: FlowState.Released?, isPoolEmpty: Bool, time: Int64)? = flow.withLock { flow in
      guard !flow.isEmpty else {
        flow.isPumping = false
        return nil
      }
      let start = time
      let pool = picker.readiness(at: flow.now)
      let released = flow.next(saturation: pool.saturation)
      if let released {
        if released.decision.outcome == .dispatched {
          picker.expectPick(bytes: released.request.bodyBytes, at: flow.now)
        }
      } else {
        flow.isPumping = false
      }
      return (released, pool.isEmpty, time &- start)
    }
    guard let look else { return nil }
    observer?(.looked(look.time))
    return look.released.map { ($0, look.isPoolEmpty) }
  }

  /// For measuring; not read when nobody wants to know.
  private var time: Int64 { observer == nil ? 0 : Clock.monotonic }

  private func resume(_ released: FlowState.Released, isPoolEmpty: Bool) {
    observer?(.left(released.request, released.decision))
    if let error = error(of: released.decision, isPoolEmpty: isPoolEmpty) {
      released.resume(.failure(error))
    } else {
      released.resume(.success(()))
    }
  }

  private func ttl(of request: AdmissionRequest, isPoolEmpty: Bool) -> Int64? {
    guard isPoolEmpty, let limit = settings.noEndpointRequestTTL else { return request.ttl }
    return min(request.ttl ?? limit, limit)
  }

  /// As GIE v1.5 says it; what llm-d 0.10 tells apart is in the reason: time that ran out without endpoints, and a pool
  /// that goes (503).
  private func error(of decision: FlowDecision, isPoolEmpty: Bool) -> InferenceError? {
    guard var error = decision.outcome.error else { return nil }
    switch decision.outcome {
    case .evictedTTL where isPoolEmpty: error.droppedReason = .noEndpoints
    case .rejectedOther, .evictedOther:
      error.code = .serviceUnavailable
      error.droppedReason = .shuttingDown
    default: break
    }
    return error
  }
}
