internal import EndpointPicking
internal import HTTPClient
internal import HTTPServer
internal import JSON
internal import Kubernetes
internal import Logging
internal import ModelServer
internal import OpenAIAPI
internal import Synchronization

/// One request on its way through the front door: routed, rewritten, admitted, picked, handed on, and accounted for.
///
/// Lives on the loop of its connection from the request's arrival to the end of its answer.
final class FrontDoorRequest {
  /// How far it has come.
  enum Stage {
    /// Nobody has it yet.
    case arriving
    /// Admission decides.
    case deciding
    /// Flow control holds it back.
    case queued(PoolEntrance, UInt64)
    /// A replica answers it.
    case serving(HostedLoop)
    /// A server elsewhere answers it.
    case remote(ClientCall)
  }

  let exchange: Exchange
  let share: FleetLoop
  /// As it was when the request arrived, so that it is served by what was there then.
  let topology: Topology
  var stage = Stage.arriving
  /// The request's id, the client's own if it sent one.
  var requestID = ""
  /// The model that the body names; nil when it names none.
  var model: String?
  /// The path as filters leave it.
  var path: String
  /// The host for servers elsewhere, as a filter has it; nil: their own.
  var hostname: String?
  /// For the whole answer, in nanoseconds, as its route says; nil for no limit.
  var timeout: Int64?
  /// The pick, until the request has finished.
  var picked: (entrance: PoolEntrance, ticket: PickTicket)?
  /// Where it was sent, for the log; nil before.
  var destination: (model: String, endpoint: String)?
  /// What metrics call it, once its pool is known.
  var series: RequestSeriesID?
  var firstTokenAt: MonotonicTime?
  var usage: (promptTokens: Int, completionTokens: Int, isStream: Bool)?
  private var deadline: LoopTimer?
  /// Counted as running.
  var isRunning = false

  init(_ exchange: Exchange, on share: FleetLoop) {
    self.exchange = exchange
    self.share = share
    topology = share.topology
    path = exchange.path
  }

  // MARK: - From the body to the pool

  func start() {
    requestID = exchange.header("x-request-id") ?? ""
    if requestID.isEmpty {
      requestID = share.state.requestIDs.next()
      exchange.override(header: "x-request-id", with: requestID)
    }
    guard !exchange.body.isEmpty else { return find(root: nil) }
    let outcome = parsedBody { find(root: $0) }
    guard case .failure(let error) = outcome else { return }
    // What is sent elsewhere need not be JSON.
    nameModel()
    if let redirect = topology.routes.match(self)?.rule.redirect { return answer(redirect) }
    fail(error, .refused(.badRequest))
  }

  /// Lends the body's tree to `body`; fails when it is no JSON object.
  private func parsedBody(_ body: (JSONValue) -> Void) -> Result<Void, APIError> {
    exchange.body.withUnsafeBytes { bytes in
      do throws(APIError) {
        return .success(
          try RequestBody.decode(bytes, parser: share.jsonParser) { root throws(APIError) in body(root) })
      } catch { return .failure(error) }
    }
  }

  private func find(root: JSONValue?) {
    if let value = root?.member("model"), !value.isNull {
      guard let name = value.string else {
        return fail(
          .badRequest("model must be a string, got \(value.kind.phrase).", param: "model"), .refused(.badRequest))
      }
      model = name
    }
    nameModel()
    topology.routes.isEmpty ? findPool(root) : follow(root)
  }

  /// Says the model in headers, for routes. They must be able to trust these two, so a client's own never count.
  private func nameModel() {
    exchange.override(header: "x-gateway-model-name", with: model)
    exchange.override(
      header: "x-gateway-base-model-name", with: model.map { topology.models.baseModel(of: $0) ?? "" })
  }

  /// Without routes, the model leads to its pool.
  private func findPool(_ root: JSONValue?) {
    if let model {
      guard let pool = topology.models.pool(for: model), let entrance = topology.pools[pool] else {
        return fail(.modelNotFound(model), .refused(.notFound))
      }
      return enter(entrance, root)
    }
    if root == nil || share.state.configuration.genericModelFallback {
      let only = topology.pools.count == 1 ? topology.pools.first?.key : nil
      if let pool = root == nil ? only : topology.models.genericPools.first ?? only, let entrance = topology.pools[pool]
      {
        return enter(entrance, root)
      }
      if root == nil { return fail(.notFound, .refused(.notFound)) }
    }
    fail(.modelMissing)
  }

  // MARK: - From the pool to the server

  /// Asks a pool's picker for a server, now or when flow control lets it.
  func enter(_ entrance: PoolEntrance, _ root: JSONValue?) {
    let picker = entrance.picker
    let inputs = pickInputs
    let outcome: Result<ModelResolution, InferenceError> = share.state.rewrites.withLock { store in
      do throws(InferenceError) {
        return .success(
          try inputs.resolution(
            for: picker.pool, in: &store, hasBody: root != nil,
            genericModelFallback: share.state.configuration.genericModelFallback, using: &share.generator))
      } catch { return .failure(error) }
    }
    let resolution: ModelResolution
    switch outcome {
    case .success(let found): resolution = found
    case .failure(let error): return fail(error)
    }
    if let decision = resolution.decision { share.metrics.rewriteDecision(decision) }
    let request = inputs.pickRequest(
      resolution, for: picker, objectives: topology.objectives, root: root,
      withHeaders: share.state.configuration.hasOwnScheduler)
    let series = share.metrics.series(
      of: RequestLabels(
        incomingModel: resolution.incomingModel, targetModel: resolution.targetModel, fairnessID: request.fairnessID,
        priority: request.priority))
    self.series = series

    // Before it is decided, since another thread may let the request through at once.
    let mayWait = entrance.admitter.isFlowControlled
    if mayWait { stage = .deciding }
    // Nobody is resumed who does not wait.
    let resume: Admitter.Resume = if mayWait { resumption(entrance, request) } else { { _ in } }
    switch entrance.admitter.admit(AdmissionRequest(request), at: Clock.monotonic, resume: resume) {
    case .now: pick(entrance, request, root)
    case .refused(let error): fail(error)
    case .queued(let id):
      stage = .queued(entrance, id)
      exchange.delegate = self
    }
  }

  private var pickInputs: PickInputs {
    PickInputs(
      id: requestID, model: model, path: path, bodyBytes: exchange.body.count,
      header: { [exchange] in exchange.header(named: $0) },
      headers: { [exchange] in
        Dictionary(exchange.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
      })
  }

  /// What flow control calls, on any thread, when the wait is over.
  private func resumption(
    _ entrance: PoolEntrance, _ request: PickRequest
  ) -> @Sendable (Result<Void, InferenceError>) -> Void {
    let bound = LoopBound(self, on: share.loop)
    let loop = share.loop
    return { outcome in
      loop.execute { bound.value.resume(entrance, request, outcome) }
    }
  }

  private func resume(_ entrance: PoolEntrance, _ request: PickRequest, _ outcome: Result<Void, InferenceError>) {
    guard case .queued = stage, exchange.isUnanswered else { return }
    stage = .arriving
    exchange.delegate = nil
    if case .failure(let error) = outcome { return fail(error) }
    // A server behind a gateway does not see that its requests waited there.
    exchange.handedOverAt = Clock.monotonic
    if exchange.body.isEmpty { return pick(entrance, request, nil) }
    let parsed = parsedBody { pick(entrance, request, $0) }
    if case .failure(let error) = parsed { fail(error, .refused(.badRequest)) }
  }

  private func pick(_ entrance: PoolEntrance, _ request: PickRequest, _ root: JSONValue?) {
    let wantsExplanation = exchange.header("x-understudy-explain")?.lowercased() == "true"
    let subset = exchange.header("x-gateway-destination-endpoint-subset").map { SubsetHint(header: $0) }
    let outcome = entrance.picker.pick(
      request, subset: subset, at: Clock.monotonic, explain: wantsExplanation, timesPlugins: true)
    if let series { share.metrics.picked(series, outcome, by: entrance.picker) }
    if let explanation = outcome.explanation {
      addResponseHeader("x-understudy-explain", String(decoding: explanation.json, as: UTF8.self))
    }
    switch outcome.result {
    case .failure(let error): fail(error)
    case .success(let endpoint):
      picked = (entrance, endpoint.ticket)
      destination = (request.targetModel, endpoint.id.name)
      for name in endpoint.removedRequestHeaders { exchange.override(header: name, with: nil) }
      for header in endpoint.requestHeaders { exchange.override(header: header.name, with: header.value) }
      for header in endpoint.responseHeaders { addResponseHeader(header.name, header.value) }
      forward(to: endpoint.token, request, root)
    }
  }

  /// What the log says of it beside method, path and status.
  var logMetadata: Logger.Metadata {
    var metadata: Logger.Metadata = [:]
    if let model { metadata["model"] = "\(model)" }
    if let destination {
      metadata["target-model"] = "\(destination.model)"
      metadata["endpoint"] = "\(destination.endpoint)"
    }
    return metadata
  }

  // MARK: - Timeouts

  func startClock() {
    guard let timeout else { return }
    let timer = share.loop.makeTimer { [weak self] in self?.timeOut() }
    deadline = timer
    share.loop.set(timer, to: exchange.receivedAt + timeout)
  }

  /// The route's time is over: 504 before the answer has begun, a cut connection after.
  private func timeOut() {
    if case .queued(let entrance, let id) = stage { entrance.admitter.cancel(id, at: Clock.monotonic) }
    guard exchange.isUnanswered else { return exchange.cut() }
    let delegate = exchange.delegate
    exchange.delegate = nil
    delegate?.exchangeDidAbort(exchange)
    fail(APIError(status: 504, message: "upstream request timeout"), .modelServerError)
  }

  // MARK: - Ends

  func fail(_ error: InferenceError) {
    share.metrics.observe(.requestProcessing, nanoseconds: Clock.monotonic - exchange.receivedAt)
    var extra: [HTTPHeader] = []
    if let reason = error.droppedReason { extra = [HTTPHeader("x-llm-d-request-dropped-reason", reason.rawValue)] }
    fail(APIError(status: error.httpStatus, message: error.description), .refused(error.code), extra)
  }

  func fail(_ error: APIError, _ code: RequestFailureCode, _ extra: [HTTPHeader] = []) {
    guard exchange.isUnanswered else { return }
    let series =
      series
      ?? share.metrics.series(of: RequestLabels(incomingModel: model ?? "", targetModel: model ?? ""))
    share.metrics.requestFailed(series, code)
    share.refuse(exchange, error, extra)
  }

  /// The answer is complete, or the client has gone.
  func completed() {
    share.state.openRequests.subtract(1, ordering: .relaxed)
    if let deadline { share.loop.set(deadline, to: nil) }
    if case .serving(let server) = stage {
      server.completed(exchange)
    } else {
      share.others.count(status: exchange.status)
    }
    if case .queued(let entrance, let id) = stage { entrance.admitter.cancel(id, at: Clock.monotonic) }
    exchange.responseHeaderEdit = nil
    guard let (entrance, ticket) = picked else { return }
    picked = nil
    entrance.picker.finished(ticket)
    if entrance.admitter.isFlowControlled { entrance.admitter.pump(at: exchange.completedAt) }
    account()
  }

  /// Counts how a request that had an endpoint went.
  private func account() {
    guard isRunning, let series else { return }
    isRunning = false
    share.metrics.requestEnded(series)
    if exchange.status >= 400 { share.metrics.requestFailed(series, .modelServerError) }
    guard (200..<400).contains(exchange.status), let usage else { return }
    share.metrics.requestCompleted(
      series,
      CompletedRequest(
        nanoseconds: exchange.completedAt - exchange.receivedAt,
        firstTokenNanoseconds: usage.isStream ? firstTokenAt.map { $0 - exchange.receivedAt } : nil,
        isStream: usage.isStream, inputTokens: usage.promptTokens, outputTokens: usage.completionTokens,
        responseBytes: exchange.responseBytes))
  }
}

extension FrontDoorRequest: ExchangeDelegate {
  /// The client has gone while flow control held its request back.
  func exchangeDidAbort(_ exchange: Exchange) {
    if case .queued(let entrance, let id) = stage { entrance.admitter.cancel(id, at: Clock.monotonic) }
    stage = .arriving
  }

  func exchangeDidDrain(_ exchange: Exchange) {}
}
