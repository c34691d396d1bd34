internal import HTTPServer
internal import OpenAIAPI

/// `/v1/models` and `/v1/models/{id}` (vLLM 0.33, model list).
extension LoopApplication {
  func listModels(_ exchange: Exchange) {
    var body: [UInt8] = []
    ModelCard.encodeList(modelCards, into: &body)
    reply(exchange, body)
  }

  func showModel(_ exchange: Exchange, _ id: String) {
    guard let card = modelCards.first(where: { $0.id == id }) else { return refuse(exchange, .modelNotFound(id)) }
    var body: [UInt8] = []
    card.encode(into: &body)
    reply(exchange, body)
  }

  /// Every alias of every model, then the adapters.
  private var modelCards: [ModelCard] {
    let created = Clock.realtime / 1_000_000_000
    let models = state.catalog.models
    var cards: [ModelCard] = []
    for model in models {
      for name in model.servedNames {
        cards.append(.model(name, root: model.model, created: created, maxModelLen: model.engine.maxModelLen))
      }
    }
    for adapter in state.catalog.registeredAdapters {
      cards.append(
        .adapter(
          adapter.name, path: adapter.path, base: models[adapter.model].servedNames[0], created: created))
    }
    return cards
  }
}
