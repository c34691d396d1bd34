internal import EndpointPicking
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
  /// Hears of every final decision of flow control, for metrics; without any lock held.
  typealias Observer = @Sendable (AdmissionRequest, FlowDecision) -> Void

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
    let decision = flow.withLock { flow in
      flow.advance(to: now)
      let pool = picker.readiness(at: flow.now)
      let decision = flow.enqueue(
        request, ttl: ttl(of: request, isPoolEmpty: pool.isEmpty), saturation: pool.saturation, resume: resume)
      // Under the lock, so that nobody decides about the next request before this one counts.
      if decision.outcome == .dispatched { picker.expectPick(bytes: request.bodyBytes, at: flow.now) }
      return decision
    }
    if decision.outcome == .notYetFinalized { return .queued(decision.id) }
    observer?(request, decision)
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

  /// All that waits.
  var load: FlowLoad { flow.withLock { $0.controller.load } }

  /// The next request that leaves the queue; nil, and the pump stops, when there is none now.
  private func next() -> (FlowState.Released, isPoolEmpty: Bool)? {
    flow.withLock { flow in
      guard !flow.isEmpty else {
        flow.isPumping = false
        return nil
      }
      let pool = picker.readiness(at: flow.now)
      guard let released = flow.next(saturation: pool.saturation) else {
        flow.isPumping = false
        return nil
      }
      if released.decision.outcome == .dispatched {
        picker.expectPick(bytes: released.request.bodyBytes, at: flow.now)
      }
      return (released, pool.isEmpty)
    }
  }

  private func resume(_ released: FlowState.Released, isPoolEmpty: Bool) {
    observer?(released.request, released.decision)
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
