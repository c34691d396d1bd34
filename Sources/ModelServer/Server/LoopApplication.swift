internal import HTTPServer
internal import JSON
internal import OpenAIAPI
internal import Simulation
internal import Synchronization

/// One loop's share of the server: routes requests, runs the engines that live here, and keeps its own HTTP metrics.
final class LoopApplication: Application {
  let loop: EventLoop
  let state: ServerState
  let courier: Courier
  let jsonParser: JSONParser
  let decodingLimits: DecodingLimits
  let tokenizer = SimpleTokenizer()
  let replyHeaders: ReplyHeaders
  let poolPieces: EscapedPieces
  /// What the front door has made of the request that is being handled; nil for a request that came by itself.
  var forwarded: ForwardedRequest?
  var jobs = JobTable()
  var failures: FailureSource
  var processSampler = ProcessSampler()
  var renderedPage: RenderedPage?
  /// Counts the changes of `httpMetrics` that a page shows.
  private(set) var httpRevision: UInt64 = 0
  let lateness: LatenessRecorder
  private(set) var httpMetrics = HTTPMetrics(Route.handlers)
  /// The engines by model; nil where another loop is home.
  private(set) var hosts: [EngineHost?] = []
  /// Sequences that other loops asked for, by loop and job.
  private var guests: [GuestKey: [RequestID]] = [:]
  private let router: Router
  private let access: AccessControl
  private let log: HTTPLog?
  let requestLog: RequestLog?

  private struct GuestKey: Hashable {
    let loop: Int
    let job: JobID
  }

  init(_ resources: LoopResources, state: ServerState) {
    loop = resources.loop
    self.state = state
    jsonParser = resources.jsonParser
    poolPieces = resources.poolPieces
    let api = state.configuration.api
    courier = Courier(resources: resources, state: state)
    lateness = LatenessRecorder(models: state.configuration.models.count, resources: resources)
    router = Route.router(rootPath: api.rootPath)
    access = AccessControl(api)
    log = HTTPLog(state)
    requestLog = RequestLog(state.logger, pod: state.configuration.pod.name)
    replyHeaders = ReplyHeaders(pod: state.configuration.pod, port: state.port)
    failures = FailureSource(state.configuration, loop: loop.index)
    var limits = DecodingLimits()
    limits.maxLogprobs = api.maxLogprobs
    limits.maxStopStrings = api.maxStopStrings
    limits.maxPrompts = api.maxCompletionPrompts
    limits.maxChoices = api.maxChoices
    decodingLimits = limits
    for (index, model) in state.configuration.models.enumerated() {
      guard state.home(of: index) == loop.index else {
        hosts.append(nil)
        continue
      }
      hosts.append(
        EngineHost(
          model: index, configuration: model, loop: loop, courier: courier, published: state.publishedLoads?[index]))
    }
  }

  // MARK: - Requests

  func handle(_ exchange: Exchange) {
    log?.request(exchange)
    switch router.match(exchange.method, path(of: exchange)) {
    case .notFound:
      exchange.route = -1
      if access.isAllowed(exchange, path: path(of: exchange)) {
        refuse(exchange, .notFound)
      } else {
        refuse(exchange, .unauthorized)
      }
    case .methodNotAllowed(let allow):
      exchange.route = -1
      if exchange.method == .options {
        respond(exchange, [HTTPHeader("Allow", allow)])
      } else {
        refuse(exchange, .methodNotAllowed, [HTTPHeader("Allow", allow)])
      }
    case .route(let number, let parameter):
      guard let route = Route(rawValue: number) else { return refuse(exchange, .notFound) }
      exchange.route = number
      if route.isInference { state.openRequests.add(1, ordering: .relaxed) }
      serve(exchange, route, parameter)
    }
  }

  /// What is asked for, which routes of a front door may have changed.
  private func path(of exchange: Exchange) -> String { forwarded?.path ?? exchange.path }

  private func serve(_ exchange: Exchange, _ route: Route, _ parameter: String?) {
    guard access.isAllowed(exchange, path: path(of: exchange)) else { return refuse(exchange, .unauthorized) }
    if let defect = exchange.bodyDefect {
      return refuse(exchange, APIError(defect, limit: state.configuration.listener.maxRequestBodyBytes))
    }
    switch route {
    case .chatCompletions: generateChat(exchange)
    case .completions: generateCompletion(exchange)
    case .models: listModels(exchange)
    case .model: showModel(exchange, parameter ?? "")
    case .loadLoraAdapter: loadAdapter(exchange)
    case .unloadLoraAdapter: unloadAdapter(exchange)
    case .tokenize: tokenize(exchange)
    case .detokenize: detokenize(exchange)
    case .health, .ping: health(exchange)
    case .ready: ready(exchange)
    case .version: version(exchange)
    case .load: showLoad(exchange)
    case .metrics: showMetrics(exchange)
    }
  }

  func completed(_ exchange: Exchange) {
    requestLog?.completed(exchange)
    if exchange.route >= 0, let route = Route(rawValue: exchange.route), route.isInference {
      state.openRequests.subtract(1, ordering: .relaxed)
    }
    // What the page leaves out, scrapes above all, does not change it.
    if exchange.route < 0 || !Route.handlers.isExcluded[exchange.route] { httpRevision &+= 1 }
    httpMetrics.observe(
      handler: exchange.route < 0 ? nil : exchange.route, method: HTTPMethodLabel(exchange.method),
      status: exchange.status == 0 ? 499 : exchange.status,
      duration: Nanoseconds(exchange.completedAt - exchange.handedOverAt), requestBytes: exchange.requestBytes,
      responseBytes: exchange.responseBytes)
  }

  // MARK: - Answers

  /// The headers of an answer: those of its kind, the pod's, and CORS.
  func headers(for exchange: Exchange, _ own: [HTTPHeader], requestID: String? = nil) -> [HTTPHeader] {
    var headers = own
    headers.append(contentsOf: replyHeaders.pod)
    if let requestID, state.configuration.api.requestIDHeaders { headers.append(HTTPHeader("X-Request-Id", requestID)) }
    access.appendCORS(to: &headers, for: exchange)
    return headers
  }

  /// Answers with `own` headers beside those that all answers have.
  func respond(
    _ exchange: Exchange, status: Int = 200, _ own: [HTTPHeader], _ body: [UInt8] = [], requestID: String? = nil
  ) {
    let response = HTTPResponse(
      status: status, headers: headers(for: exchange, own, requestID: requestID), body: body)
    log?.response(exchange, response)
    exchange.respond(response)
  }

  /// Answers with JSON.
  func reply(_ exchange: Exchange, status: Int = 200, _ body: [UInt8], requestID: String? = nil) {
    if log == nil, access.sendsNoCORS, !state.configuration.api.requestIDHeaders {
      return exchange.respond(HTTPResponse(status: status, headers: replyHeaders.plainJSON, body: body))
    }
    respond(exchange, status: status, [ReplyHeaders.json], body, requestID: requestID)
  }

  func refuse(_ exchange: Exchange, _ error: APIError, _ extra: [HTTPHeader] = [], requestID: String? = nil) {
    respond(exchange, status: error.status, [ReplyHeaders.json] + extra, error.body, requestID: requestID)
  }

  // MARK: - Other loops

  func receive(_ messages: [LoopMessage]) {
    var touched: Set<Int> = []
    let now = Instant(nanoseconds: Clock.monotonic)
    for message in messages {
      switch message {
      case .submit(let model, let requests, let context, let from, let job):
        guard let host = hosts[model] else { continue }
        let ids = host.submit(requests, context: context, sink: .remote(loop: from, job: job), at: now)
        if !ids.isEmpty { guests[GuestKey(loop: from, job: job)] = ids }
        touched.insert(model)
      case .release(let model, let from, let job):
        guard let ids = guests.removeValue(forKey: GuestKey(loop: from, job: job)) else { continue }
        hosts[model]?.cancel(ids)
      case .event(let event, let sequence, let job):
        jobs[job]?.receive(event, sequence: sequence)
      }
    }
    for model in touched { hosts[model]?.advance(to: now) }
  }
}
