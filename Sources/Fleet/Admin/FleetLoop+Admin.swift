internal import HTTPServer
internal import JSON
internal import ModelServer
internal import OpenAIAPI

/// The admin API on the loopback address: what the commands `get`, `apply` and `delete` call, and the last picks.
///
/// - `GET /debug/picks`: `{"picks":[…]}`, the newest first.
/// - `GET /api/get?kind=K&name=N&namespace=NS&all=true`
/// - `POST /api/apply?namespace=NS&name=FILE` with manifests as the body
/// - `POST /api/delete?kind=K&name=N&namespace=NS`, or with manifests as the body
///
/// The commands' answers are text: 200 for standard output, 204 with a header for what kubectl says on standard error
/// without failing, 4xx for a failure's line.
extension FleetLoop {
  func handleAdmin(_ exchange: Exchange) {
    if let defect = exchange.bodyDefect {
      return refuse(exchange, APIError(defect, limit: state.configuration.maxRequestBodyBytes))
    }
    if handleLive(exchange) { return }
    // A page of the web must not change the fleet through a browser on this machine.
    if exchange.method == .post, !ChangePermission(token: state.configuration.adminToken).allows(exchange.caller) {
      return reply(exchange, status: 403, text: "error: changes are for programs on this machine")
    }
    switch (exchange.method, exchange.path) {
    case (.get, "/debug/picks"): reply(exchange, json: state.picks.json)
    case (.get, "/health"), (.get, "/healthz"): exchange.respond(HTTPResponse())
    case (.get, "/api/get"):
      guard let kind = exchange.queryArgument("kind"), !kind.isEmpty else { return missing("kind", exchange) }
      let name = exchange.queryArgument("name").flatMap { $0.isEmpty ? nil : $0 }
      let namespace = exchange.queryArgument("all") == "true" ? nil : namespace(exchange)
      answer(exchange) { controller in controller.table(kind: kind, name: name, namespace: namespace) }
    case (.post, "/api/apply"):
      guard let text = text(exchange) else { return }
      let namespace = namespace(exchange)
      let file = exchange.queryArgument("name") ?? "stdin"
      answer(exchange) { controller in controller.apply(text, namespace: namespace, file: file) }
    case (.post, "/api/delete"):
      let namespace = namespace(exchange)
      if !exchange.body.isEmpty {
        guard let text = text(exchange) else { return }
        let file = exchange.queryArgument("name") ?? "stdin"
        return answer(exchange) { controller in controller.delete(text, namespace: namespace, file: file) }
      }
      guard let kind = exchange.queryArgument("kind"), !kind.isEmpty else { return missing("kind", exchange) }
      guard let name = exchange.queryArgument("name"), !name.isEmpty else { return missing("name", exchange) }
      answer(exchange) { controller in controller.delete(kind: kind, name: name, namespace: namespace) }
    case (_, "/debug/picks"), (_, "/api/get"), (_, "/api/apply"), (_, "/api/delete"):
      refuse(exchange, .methodNotAllowed)
    default: refuse(exchange, .notFound)
    }
  }

  private func namespace(_ exchange: Exchange) -> String {
    exchange.queryArgument("namespace").flatMap { $0.isEmpty ? nil : $0 } ?? "default"
  }

  /// The body as text; answers 400 when it is not UTF-8.
  private func text(_ exchange: Exchange) -> String? {
    guard let text = String(validating: exchange.body, as: UTF8.self) else {
      reply(exchange, status: 400, text: "error: the manifest is not UTF-8")
      return nil
    }
    return text
  }

  private func missing(_ argument: String, _ exchange: Exchange) {
    reply(exchange, status: 400, text: "error: the query argument '\(argument)' is required")
  }

  /// Lets the controller work on a thread of its own, since a change waits for every loop.
  private func answer(_ exchange: Exchange, _ work: @escaping @Sendable (FleetController) -> CommandAnswer) {
    guard let controller = state.controller else { return refuse(exchange, .shuttingDown) }
    let bound = LoopBound((self, exchange), on: loop)
    let loop = loop
    Thread {
      let answer = work(controller)
      loop.execute {
        let (share, exchange) = bound.value
        guard exchange.isUnanswered else { return }
        switch answer {
        case .done(let text): share.reply(exchange, text: text)
        case .nothing(let text): share.reply(exchange, status: 204, note: text)
        case .failed(let text): share.reply(exchange, status: 400, text: text)
        }
      }
    }.detach()
  }

  /// An answer without a body, whose line goes to standard error.
  private func reply(_ exchange: Exchange, status: Int, note: String) {
    exchange.respond(HTTPResponse(status: status, headers: [HTTPHeader("X-Understudy-Note", note)]))
  }
}
