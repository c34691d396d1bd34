internal import HTTPServer
internal import OpenAIAPI

/// Loading and unloading LoRA adapters at run time (vLLM 0.33, VLLM_ALLOW_RUNTIME_LORA_UPDATING).
extension LoopApplication {
  func loadAdapter(_ exchange: Exchange) {
    respondWithText(exchange) { () throws(APIError) in
      try requireRuntimeUpdates()
      let request = try exchange.decode { body throws(APIError) in
        try LoadLoRARequest.decode(body, parser: jsonParser)
      }
      let registration = state.catalog.register(
        request.name, path: request.path, model: homeOfNewAdapters, inPlace: request.inPlace)
      switch registration {
      case .added, .replaced: return OperationsResponse.loraLoaded(request.name)
      case .full(let limit):
        throw .badRequest("At most \(limit) adapters can be registered.", param: "lora_name")
      case .exists: throw .loraAlreadyLoaded(request.name)
      case .conflictsWithModel: throw .loraConflictsWithModel(request.name)
      }
    }
  }

  func unloadAdapter(_ exchange: Exchange) {
    respondWithText(exchange) { () throws(APIError) in
      try requireRuntimeUpdates()
      let request = try exchange.decode { body throws(APIError) in
        try UnloadLoRARequest.decode(body, parser: jsonParser)
      }
      guard state.catalog.unregister(request.name) else { throw .loraNotFound(request.name) }
      return OperationsResponse.loraUnloaded(request.name)
    }
  }

  /// The model that new adapters belong to: the first with LoRA enabled, as the request cannot name one.
  private var homeOfNewAdapters: Int { state.catalog.models.firstIndex(where: \.loraEnabled) ?? 0 }

  private func requireRuntimeUpdates() throws(APIError) {
    guard state.configuration.api.runtimeLoraUpdating else {
      throw .permissionDenied(
        "Loading adapters at run time is switched off; set VLLM_ALLOW_RUNTIME_LORA_UPDATING=1 to allow it.")
    }
  }

  private func respondWithText(_ exchange: Exchange, _ body: () throws(APIError) -> [UInt8]) {
    do throws(APIError) {
      respond(exchange, [ReplyHeaders.plainText], try body())
    } catch {
      refuse(exchange, error)
    }
  }
}
