internal import EndpointPicking
internal import ExternalProcessor
internal import HTTPServer
internal import JSON
internal import Logging
internal import ModelServer
internal import Synchronization

/// Decides for gateways of others where requests of one pool go: the front door's rewrites, admission and picks, asked
/// over ext_proc.
final class PoolDirector: RequestDirector {
  private let state: FleetState
  /// The pool; nil for the only one that there is.
  private let pool: PoolID?
  private let ignoresSubsets: Bool
  private let sendsFallbackList: Bool
  private let emitsScores: Bool

  init(_ state: FleetState, pool: PoolID?) {
    self.state = state
    self.pool = pool
    ignoresSubsets = state.configuration.picker.ignoresSubsets
    sendsFallbackList = state.configuration.picker.sendsFallbackList
    emitsScores = state.configuration.picker.emitsScores
  }

  /// What is needed to account for a request at its end.
  private struct Ticket: Sendable {
    let entrance: PoolEntrance
    let pick: PickTicket
    let series: RequestSeriesID
    /// Without a body an endpoint is taken, not scheduled: such requests do not count (GIE v1.5).
    let isScheduled: Bool
    /// What the log says of the request; nil when nobody reads it.
    let line: Logger.Metadata?
  }

  // MARK: - Deciding

  func direct(_ request: DirectedRequest) async -> Result<Direction, InferenceError> {
    let outcome = await decide(request)
    if isLogging, case .failure(let error) = outcome {
      var line = Self.line(of: request)
      line["status"] = "\(error.httpStatus)"
      line["reason"] = "\(error)"
      state.logger.debug("request", metadata: line)
    }
    return outcome
  }

  private func decide(_ request: DirectedRequest) async -> Result<Direction, InferenceError> {
    let topology = state.topology
    guard let entrance = topology.entrance(pool) else {
      let error = request.hasBody ? .noCandidates : InferenceError(.internalError, "no pods available in datastore")
      return refused(error, request.model)
    }
    let picking: (request: PickRequest, series: RequestSeriesID)
    switch prepare(request, entrance, topology) {
    case .success(let prepared): picking = prepared
    case .failure(let error): return refused(error, request.model)
    }
    // What has no body does not wait, nor is it shed (GIE v1.5).
    if request.hasBody, case .failure(let error) = await admitted(picking.request, entrance) {
      state.pickerMetrics.withLock { $0.requestFailed(picking.series, .refused(error.code)) }
      return .failure(error)
    }
    return pick(picking.request, request, entrance, picking.series)
  }

  private func prepare(
    _ request: DirectedRequest, _ entrance: PoolEntrance, _ topology: Topology
  ) -> Result<(request: PickRequest, series: RequestSeriesID), InferenceError> {
    let inputs = PickInputs(
      id: request.id, model: request.model, path: request.path, bodyBytes: request.body.count,
      header: { request.headers[$0] }, headers: { request.headers })
    var generator = SystemRandomNumberGenerator()
    let resolution: ModelResolution
    if case .json = request.content {
      let outcome: Result<ModelResolution, InferenceError> = state.rewrites.withLock { store in
        do throws(InferenceError) {
          return .success(
            try inputs.resolution(
              for: entrance.pool, in: &store, hasBody: true,
              genericModelFallback: state.configuration.genericModelFallback, using: &generator))
        } catch { return .failure(error) }
      }
      switch outcome {
      case .success(let found): resolution = found
      case .failure(let error): return .failure(error)
      }
    } else {
      resolution = ModelResolution(incomingModel: "", targetModel: "")
    }
    let picking = withRoot(of: request) { root in
      inputs.pickRequest(
        resolution, for: entrance.picker, objectives: topology.objectives, root: root, withHeaders: true)
    }
    let series = state.pickerMetrics.withLock { metrics in
      if let decision = resolution.decision { metrics.rewriteDecision(decision) }
      return metrics.series(
        of: RequestLabels(
          incomingModel: resolution.incomingModel, targetModel: resolution.targetModel,
          fairnessID: picking.fairnessID, priority: picking.priority))
    }
    return .success((picking, series))
  }

  /// Lends the body's tree, or nil for a body that has none.
  private func withRoot<Outcome>(of request: DirectedRequest, _ body: (JSONValue?) -> Outcome) -> Outcome {
    guard case .json = request.content, let document = try? JSONParser().parse(request.body) else { return body(nil) }
    return document.withRoot { root in body(root.kind == .object ? root : nil) }
  }

  /// Waits in flow control if need be; a request whose gateway vanishes leaves it.
  private func admitted(_ request: PickRequest, _ entrance: PoolEntrance) async -> Result<Void, InferenceError> {
    let place = Mutex<UInt64?>(nil)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let admission = entrance.admitter.admit(
          AdmissionRequest(request), at: Clock.monotonic
        ) { outcome in continuation.resume(returning: outcome) }
        switch admission {
        case .now: continuation.resume(returning: .success(()))
        case .refused(let error): continuation.resume(returning: .failure(error))
        case .queued(let id):
          place.withLock { $0 = id }
          if Task.isCancelled { entrance.admitter.cancel(id, at: Clock.monotonic) }
        }
      }
    } onCancel: {
      if let id = place.withLock({ $0 }) { entrance.admitter.cancel(id, at: Clock.monotonic) }
    }
  }

  private func pick(
    _ picking: PickRequest, _ request: DirectedRequest, _ entrance: PoolEntrance, _ series: RequestSeriesID
  ) -> Result<Direction, InferenceError> {
    let wantsExplanation = request.headers["x-understudy-explain"]?.lowercased() == "true"
    // Without a body any endpoint will do, whatever the gateway allows (GIE v1.5).
    let outcome = entrance.picker.pick(
      picking, subset: ignoresSubsets || !request.hasBody ? nil : request.subset, isRandom: !request.hasBody,
      at: Clock.monotonic, explain: wantsExplanation || emitsScores, timesPlugins: true)
    state.pickerMetrics.withLock { metrics in
      metrics.picked(series, outcome, by: entrance.picker)
      switch outcome.result {
      case .success:
        metrics.requestStarted(series)
      case .failure(let error): metrics.requestFailed(series, .refused(error.code))
      }
    }
    switch outcome.result {
    case .failure where !request.hasBody:
      return .failure(InferenceError(.internalError, "no pods available in datastore"))
    case .failure(let error): return .failure(error)
    case .success(let endpoint):
      state.directedRequests.add(1, ordering: .relaxed)
      var responseHeaders = endpoint.responseHeaders
      if wantsExplanation, let explanation = outcome.explanation {
        responseHeaders.append(
          HeaderField(name: "x-understudy-explain", value: String(decoding: explanation.json, as: UTF8.self)))
      }
      return .success(
        Direction(
          destination: sendsFallbackList ? endpoint.pick.destination : endpoint.authority,
          incomingModel: picking.incomingModel, targetModel: picking.targetModel,
          requestHeaders: endpoint.requestHeaders, removedRequestHeaders: endpoint.removedRequestHeaders,
          responseHeaders: responseHeaders, scores: emitsScores ? outcome.explanation?.totals ?? [:] : [:],
          token: Ticket(
            entrance: entrance, pick: endpoint.ticket, series: series, isScheduled: request.hasBody,
            line: isLogging ? Self.line(of: request, picking, endpoint) : nil)))
    }
  }

  private func refused(_ error: InferenceError, _ model: String?) -> Result<Direction, InferenceError> {
    state.pickerMetrics.withLock { metrics in
      let series = metrics.series(of: RequestLabels(incomingModel: model ?? "", targetModel: model ?? ""))
      metrics.requestFailed(series, .refused(error.code))
    }
    return .failure(error)
  }

  // MARK: - Logging: one line per request at debug, at its end

  private var isLogging: Bool { state.logger.logLevel <= .debug }

  private static func line(
    of request: DirectedRequest, _ picking: PickRequest? = nil, _ endpoint: PickedEndpoint? = nil
  ) -> Logger.Metadata {
    var line: Logger.Metadata = ["request-id": "\(request.id)", "path": "\(request.path)"]
    if !request.method.isEmpty { line["method"] = "\(request.method)" }
    if let model = request.model { line["model"] = "\(model)" }
    if let picking { line["target-model"] = "\(picking.targetModel)" }
    if let endpoint { line["endpoint"] = "\(endpoint.authority)" }
    return line
  }

  private func log(_ ticket: Ticket, _ outcome: RequestOutcome) {
    guard var line = ticket.line else { return }
    // No status: the gateway does not say, or has vanished.
    if let status = outcome.status { line["status"] = "\(status)" }
    line["complete"] = "\(outcome.isComplete)"
    line["milliseconds"] = "\(RequestLog.milliseconds(outcome.finishedAt - outcome.receivedAt))"
    line["response-bytes"] = "\(outcome.responseBytes)"
    state.logger.debug("request", metadata: line)
  }

  // MARK: - Accounting

  func routed(_ direction: Direction, bodyBytes: Int) {
    guard let ticket = direction.token as? Ticket, ticket.isScheduled else { return }
    state.pickerMetrics.withLock { $0.requestScheduled(ticket.series, bodyBytes: bodyBytes) }
  }

  func refused(_ refusal: Refusal) {
    state.pickerMetrics.withLock { metrics in
      let model = refusal.model ?? ""
      metrics.requestFailed(
        metrics.series(of: RequestLabels(incomingModel: model, targetModel: model)), .refused(refusal.code))
    }
  }

  func finished(_ direction: Direction?, _ outcome: RequestOutcome) {
    guard let ticket = direction?.token as? Ticket else { return countUndirected(outcome) }
    state.directedRequests.subtract(1, ordering: .relaxed)
    log(ticket, outcome)
    ticket.entrance.picker.finished(ticket.pick)
    if ticket.entrance.admitter.isFlowControlled { ticket.entrance.admitter.pump(at: outcome.finishedAt) }
    state.pickerMetrics.withLock { metrics in
      metrics.requestEnded(ticket.series)
      let status = outcome.status ?? 200
      if status >= 400 { metrics.requestFailed(ticket.series, .modelServerError) }
      guard outcome.isComplete, (200..<400).contains(status) else { return }
      metrics.requestCompleted(ticket.series, CompletedRequest(outcome))
    }
  }

  /// A stream that began with the response: nothing is known of its request, but its usage counts (GIE v1.5).
  private func countUndirected(_ outcome: RequestOutcome) {
    guard outcome.isComplete, (200..<400).contains(outcome.status ?? 200) else { return }
    state.pickerMetrics.withLock { metrics in
      metrics.requestCompleted(metrics.series(of: RequestLabels()), CompletedRequest(outcome))
    }
  }
}

extension Topology {
  /// The pool of that id; without one, the only pool that there is.
  func entrance(_ pool: PoolID?) -> PoolEntrance? {
    if let pool { return pools[pool] }
    return pools.count == 1 ? pools.first?.value : nil
  }
}

extension PickExplanation {
  /// What each candidate scored, by `host:port`.
  fileprivate var totals: [String: Double] {
    Dictionary(candidates.map { ($0.endpoint, $0.total) }, uniquingKeysWith: { first, _ in first })
  }
}

extension CompletedRequest {
  /// What metrics count of a transaction.
  fileprivate init(_ outcome: RequestOutcome) {
    self.init(
      nanoseconds: outcome.finishedAt - outcome.receivedAt,
      firstTokenNanoseconds: outcome.firstContentAt.map { $0 - outcome.receivedAt }, isStream: outcome.isStream,
      inputTokens: outcome.usage?.promptTokens ?? 0, cachedTokens: outcome.usage?.cachedTokens,
      outputTokens: outcome.usage?.completionTokens ?? 0, responseBytes: outcome.responseBytes)
  }
}
