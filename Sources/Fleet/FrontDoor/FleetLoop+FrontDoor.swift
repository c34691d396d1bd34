internal import HTTPServer
internal import JSON
internal import ModelServer
internal import OpenAIAPI
internal import Synchronization

/// The front door: what a gateway, a body-based router and an endpoint picker do, in one step.
extension FleetLoop {
  func handleFrontDoor(_ exchange: Exchange) {
    let isRead = exchange.method == .get || exchange.method == .head
    switch exchange.path {
    case "/health", "/healthz", "/ready", "/health/ready", "/ping":
      // The front door's own; a model server's health is asked for at its own port.
      return exchange.respond(HTTPResponse(status: state.isDraining ? 503 : 200))
    case "/v1/models" where isRead: return listModels(exchange)
    default:
      if isRead, exchange.path.hasPrefix("/v1/models/") {
        return showModel(exchange, String(exchange.path.dropFirst("/v1/models/".count)))
      }
    }
    if handleLive(exchange) { return }
    guard !state.isDraining else {
      return refuse(exchange, .shuttingDown, [HTTPHeader("Retry-After", "1")])
    }
    if let defect = exchange.bodyDefect {
      return refuse(exchange, APIError(defect, limit: state.configuration.maxRequestBodyBytes))
    }
    let request = FrontDoorRequest(exchange, on: self)
    exchange.attachment = request
    state.openRequests.add(1, ordering: .relaxed)
    request.start()
  }

  private func listModels(_ exchange: Exchange) {
    var body: [UInt8] = []
    ModelCard.encodeList(modelCards, into: &body)
    reply(exchange, json: body)
  }

  private func showModel(_ exchange: Exchange, _ id: String) {
    guard let card = modelCards.first(where: { $0.id == id }) else { return refuse(exchange, .modelNotFound(id)) }
    var body: [UInt8] = []
    card.encode(into: &body)
    reply(exchange, json: body)
  }

  /// Models and adapters of all servers, each name once, then the names that rewrites add.
  private var modelCards: [ModelCard] {
    let created = Clock.realtime / 1_000_000_000
    var seen: Set<String> = []
    var models: [ModelCard] = []
    var adapters: [ModelCard] = []
    var lengths: [String: Int] = [:]
    for member in topology.models.members {
      for model in member.replicas.flatMap(\.server.models) where seen.insert(model.name).inserted {
        if let parent = model.parent {
          adapters.append(.adapter(model.name, path: model.root, base: parent, created: created))
        } else {
          lengths[model.name] = model.maxModelLen
          models.append(.model(model.name, root: model.root, created: created, maxModelLen: model.maxModelLen ?? 0))
        }
      }
      for name in member.remotes.flatMap(\.modelNames).sorted() where seen.insert(name).inserted {
        models.append(.model(name, root: name, created: created, maxModelLen: 0))
      }
    }
    let aliases = topology.models.aliases.sorted { $0.key < $1.key }.filter { seen.insert($0.key).inserted }
    return models + adapters
      + aliases.map { name, alias in
        .model(name, root: alias.target, created: created, maxModelLen: lengths[alias.target] ?? 0)
      }
  }
}
