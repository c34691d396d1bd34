internal import EndpointPicking
internal import HTTPServer
internal import JSON
internal import ModelServer
internal import OpenAIAPI

/// The live page, what it shows, and what it changes; on the front door and on the admin API.
///
/// - `GET /ui`: the page.
/// - `GET /api/live?since=N`: the fleet now, and the seconds behind that of number N.
/// - `POST /api/behavior`: delays and failures of replicas; see `BehaviorRequest` and `ChangePermission`.
extension FleetLoop {
  /// Answers requests for the page; false for all others.
  func handleLive(_ exchange: Exchange) -> Bool {
    guard state.configuration.hasFrontDoor else { return false }
    let isRead = exchange.method == .get || exchange.method == .head
    switch exchange.path {
    case "/ui" where isRead: showPage(exchange)
    case "/ui/" where isRead: exchange.respond(HTTPResponse(status: 308, headers: [HTTPHeader("Location", "../ui")]))
    case "/api/live" where isRead: showLive(exchange)
    case "/api/behavior" where exchange.method == .post: changeBehavior(exchange)
    case "/ui", "/ui/", "/api/live", "/api/behavior": refuse(exchange, .methodNotAllowed)
    default: return false
    }
    return true
  }

  private func showPage(_ exchange: Exchange) {
    let nonce = LivePage.nonce(using: &generator)
    exchange.respond(HTTPResponse(headers: LivePage.headers(nonce: nonce), body: LivePage.body(nonce: nonce)))
  }

  private func showLive(_ exchange: Exchange) {
    let text = exchange.queryArgument("since") ?? "0"
    guard let since = UInt64(text) else {
      return refuse(
        exchange,
        .invalidField("since", expected: "a whole number of 0 or more", got: "'\(text.shown)'"))
    }
    reply(exchange, json: liveDocument(since: since, for: exchange).json, [HTTPHeader("Cache-Control", "no-store")])
  }

  private func liveDocument(since: UInt64, for exchange: Exchange) -> LiveDocument {
    let now = Clock.monotonic
    let permission = ChangePermission(token: state.configuration.adminToken)
    let history = state.live.withLock { $0 }
    var document = LiveDocument(
      start: state.startedAt, now: Clock.realtime / 1_000_000, mayChange: permission.allows(exchange.caller),
      hasToken: permission.token != nil)
    document.pools = topology.pools.values.sorted { $0.pool < $1.pool }.map { entrance in
      (entrance.pool.name, entrance.picker.saturation(at: now))
    }
    document.replicas = liveReplicas(history, at: now)
    document.samples = history.samples(since: since)
    document.splits = history.splits
    document.picks = state.picks.picks
    return document
  }

  private func liveReplicas(_ history: LiveHistory, at now: MonotonicTime) -> [LiveDocument.Replica] {
    var pools: [Int: String] = [:]
    for member in topology.models.members {
      for replica in member.replicas { pools[replica.id] = member.pool.name }
      for remote in member.remotes { pools[remote.token] = member.pool.name }
    }
    let hosted = topology.replicas.map { replica in
      let server = replica.server
      let behavior = server.behavior
      let names = server.models
      return LiveDocument.Replica(
        name: replica.specification.name.name, pool: pools[replica.id],
        models: names.filter { $0.parent == nil }.map(\.name), adapters: names.filter { $0.parent != nil }.map(\.name),
        isReady: server.isReady, load: replica.load.metrics(at: now),
        slots: server.configuration.models.reduce(0) { $0 + $1.engine.maxNumSeqs }, track: history.server(replica.id),
        behavior: LiveDocument.Behavior(
          timeToFirstToken: behavior.timeToFirstToken.map { Double($0) / 1e6 },
          interTokenLatency: Double(behavior.interTokenLatency) / 1e6, failureRate: behavior.failureRatePercent,
          isChanged: server.hasChangedBehavior))
    }
    let remotes = topology.remotes.values.sorted { $0.name < $1.name }.map { remote in
      let load = remote.load.metrics(at: now)
      return LiveDocument.Replica(
        name: remote.name, pool: pools[remote.token], models: remote.modelNames.sorted(),
        adapters: load.activeAdapters.union(load.waitingAdapters).sorted(), isReady: load.updatedAt != nil,
        isRemote: true, load: load)
    }
    return hosted + remotes
  }

  // MARK: - Changes

  private func changeBehavior(_ exchange: Exchange) {
    guard ChangePermission(token: state.configuration.adminToken).allows(exchange.caller) else {
      return refuse(
        exchange,
        .permissionDenied(
          "Changes are for callers on this machine, or with the bearer token that --admin-token sets."))
    }
    if let defect = exchange.bodyDefect {
      return refuse(exchange, APIError(defect, limit: state.configuration.maxRequestBodyBytes))
    }
    let outcome: Result<BehaviorRequest, APIError> = exchange.body.withUnsafeBytes { bytes in
      do throws(APIError) {
        return .success(
          try RequestBody.decode(bytes, parser: jsonParser) { root throws(APIError) in try BehaviorRequest(root) })
      } catch { return .failure(error) }
    }
    switch outcome {
    case .failure(let error): refuse(exchange, error)
    case .success(let request): change(request, exchange)
    }
  }

  private func change(_ request: BehaviorRequest, _ exchange: Exchange) {
    let chosen = topology.replicas.filter { replica in
      (request.replica.map { $0 == replica.specification.name.name } ?? true)
        && (request.model.map { replica.server.serves($0) } ?? true)
    }
    guard !chosen.isEmpty else {
      let what = [request.replica.map { "of the name '\($0)'" }, request.model.map { "with the model '\($0)'" }]
      let words = ["There is no replica in this process"] + what.compactMap(\.self)
      let text = words.joined(separator: " ").shown
      return refuse(exchange, APIError(status: 404, message: text, param: request.replica == nil ? "model" : "replica"))
    }
    for replica in chosen { replica.server.change(request.change) }
    state.logger.info("the behavior of \(chosen.count) replicas was changed over HTTP")
    var answer = JSONBuilder()
    answer.object { $0.add("changed", chosen.count) }
    reply(exchange, json: answer.bytes)
  }
}
