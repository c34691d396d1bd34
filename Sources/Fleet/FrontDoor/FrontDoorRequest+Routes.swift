internal import EndpointPicking
internal import HTTPServer
internal import JSON
internal import Kubernetes
internal import ModelServer
internal import OpenAIAPI
internal import Synchronization

/// What HTTPRoutes make of a request (Gateway API v1.4).
extension FrontDoorRequest: RouteRequest {
  var host: String? { exchange.header("host") }
  var method: String { exchange.method.description }
  func header(_ name: String) -> String? { exchange.header(named: name) }
  func queryArgument(_ name: String) -> String? { exchange.queryArgument(named: name) }
}

extension FrontDoorRequest {
  func follow(_ root: JSONValue?) {
    guard let match = topology.routes.match(self) else {
      return fail(
        APIError(status: 404, message: "No route matches the request\(model.map { " for the model `\($0)`" } ?? "")."),
        .refused(.notFound))
    }
    if let redirect = match.rule.redirect { return answer(redirect) }
    timeout = [match.rule.requestTimeout, match.rule.backendTimeout].compactMap(\.self).filter { $0 > 0 }.min()
    let choice = share.state.splits.withLock { $0.choose(match, using: &share.generator) }
    for modifier in choice.requestHeaders {
      modifier.apply(read: { exchange.header(named: $0) }, write: { exchange.override(header: $0, with: $1) })
    }
    if !choice.responseHeaders.isEmpty {
      exchange.responseHeaderEdit = { headers in
        for modifier in choice.responseHeaders { modifier.apply(to: &headers) }
      }
    }
    if let rewrite = choice.rewrite {
      hostname = rewrite.hostname
      path = rewrite.path?.applied(to: path) ?? path
    }
    if let root {
      for target in choice.mirrors { mirror(root, to: target) }
    }
    switch choice.target {
    case .pool(let pool):
      guard let entrance = topology.pools[pool] else {
        return fail(
          APIError(status: 500, message: "The route leads to the InferencePool \(pool), which is not there."),
          .refused(.internalError))
      }
      enter(entrance, root)
    case .service(let name, _): forward(toService: name, root)
    case .invalid(let reason):
      fail(
        APIError(status: 500, message: "The route \(match.rule.id.route) takes the request nowhere: \(reason)."),
        .refused(.internalError))
    }
  }

  func answer(_ redirect: RouteRedirect) {
    let location = redirect.location(
      host: exchange.header("host") ?? "localhost", path: exchange.path, query: exchange.query)
    var headers = [HTTPHeader("Location", location)]
    for modifier in redirect.responseHeaders { modifier.apply(to: &headers) }
    exchange.respond(HTTPResponse(status: redirect.status, headers: headers))
  }

  /// A copy for another backend, whose answer nobody reads.
  private func mirror(_ root: JSONValue, to target: RouteTarget) {
    switch target {
    case .invalid: break
    case .service(let name, _):
      guard let token = topology.services[name]?.randomElement(using: &share.generator) else { return }
      mirror(root, token: token, model: nil)
    case .pool(let pool):
      guard let picker = topology.pools[pool]?.picker else { return }
      var request = PickRequest(id: requestID, model: model ?? "")
      let model = model
      let resolved = share.state.rewrites.withLock { store in
        try? store.resolve(model: model, for: pool, using: &share.generator)
      }
      request.targetModel = resolved?.targetModel ?? model ?? ""
      request.takePrompt(from: root, as: PromptForm(path: path), limit: picker.promptLimit)
      let now = Clock.monotonic
      guard case .success(let endpoint) = picker.pick(request, at: now).result else {
        return
      }
      // A copy's load is seen in its engine; the picker need not count it as on its way.
      picker.finished(endpoint.ticket)
      mirror(root, token: endpoint.token, model: request.targetModel == model ? nil : request.targetModel)
    }
  }

  private func mirror(_ root: JSONValue, token: Int, model: String?) {
    switch share.server(token, topology) {
    case .hosted(let server): server.mirror(path: path, root: root, model: model)
    case .remote(let remote):
      var body = exchange.body
      if let model { body = RequestModelRewriter.replacingModel(in: body, with: model) }
      share.remote.mirror(
        to: remote.address, path: pathWithQuery, hostname: hostname, method: exchange.method.description, body: body,
        headers: exchange.headers)
    case nil: break
    }
  }

  /// A plain Service: any of its pods, without a picker.
  private func forward(toService name: NamespacedName, _ root: JSONValue?) {
    guard let token = topology.services[name]?.randomElement(using: &share.generator) else {
      return fail(
        APIError(status: 503, message: "The Service \(name) has no endpoint."),
        .refused(.serviceUnavailable))
    }
    switch share.server(token, topology) {
    case .hosted(let server):
      stage = .serving(server)
      server.handle(
        exchange, ForwardedRequest(root: root, path: path == exchange.path ? nil : path, observer: self))
    case .remote(let remote): forward(to: remote, exchange.body, restoring: nil)
    case nil: fail(.shuttingDown, .modelServerError)
    }
  }
}
