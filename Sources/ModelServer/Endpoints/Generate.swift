internal import HTTPServer
internal import OpenAIAPI
internal import Simulation
internal import Synchronization

/// `/v1/chat/completions` and `/v1/completions`: the pipeline in front of an engine.
extension LoopApplication {
  func generateChat(_ exchange: Exchange) {
    generate(exchange) { requestID throws(APIError) in
      let request = try decode(exchange) { root throws(APIError) in try ChatCompletionRequest(root, decodingLimits) }
      try injectFailure(exchange)
      return try plan(
        chat: request, requestID: requestID, resolution: try resolve(request.model),
        loadReport: request.options.stream ? nil : LoadReport.wanted(exchange))
    }
  }

  func generateCompletion(_ exchange: Exchange) {
    generate(exchange) { requestID throws(APIError) in
      let request = try decode(exchange) { root throws(APIError) in try CompletionRequest(root, decodingLimits) }
      try injectFailure(exchange)
      return try plan(
        completion: request, requestID: requestID, resolution: try resolve(request.model),
        loadReport: request.options.stream ? nil : LoadReport.wanted(exchange))
    }
  }

  private func generate(_ exchange: Exchange, _ makePlan: (String) throws(APIError) -> PlannedGeneration) {
    let requestID = requestID(of: exchange)
    requestLog?.remember(requestID, for: exchange)
    // What the front door has let in was picked before the server began to drain.
    guard !state.isDraining || forwarded != nil else {
      let seconds = max(1, state.configuration.shutdownGrace.count / 1_000_000_000)
      return refuse(exchange, .shuttingDown, [HTTPHeader("Retry-After", String(seconds))], requestID: requestID)
    }
    do throws(APIError) {
      let planned = try makePlan(requestID)
      try planned.checkSize(maxModelLen: state.catalog.models[planned.plan.model].engine.maxModelLen)
      exchange.releaseBody()
      GenerationJob(plan: planned.plan, exchange: exchange, application: self, observer: forwarded?.observer)
        .start(planned.requests)
    } catch {
      refuse(exchange, error, requestID: requestID)
    }
  }

  /// The client's own id if it sent a usable one (vLLM 0.33: whether or not the id is sent back), else a new one.
  private func requestID(of exchange: Exchange) -> String {
    if let given = exchange.header("x-request-id"), (1...256).contains(given.utf8.count),
      given.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    {
      return given
    }
    return state.requestIDs.next()
  }

  /// The failures that a client or the configuration asks for.
  private func injectFailure(_ exchange: Exchange) throws(APIError) {
    if let wanted = exchange.header("x-return-error") { throw .requested(byHeader: wanted) }
    if let failure = failures.next() { throw failure }
  }
}
