internal import HTTPServer
internal import JSON
internal import OpenAIAPI
internal import Simulation

/// `/tokenize` and `/detokenize` with the dummy tokenizer (llm-d-inference-sim, simple tokenizer).
extension LoopApplication {
  func tokenize(_ exchange: Exchange) {
    answer(exchange) { () throws(APIError) in
      let request = try decode(exchange) { root throws(APIError) in try TokenizeRequest(root) }
      let resolution = try resolve(request.model)
      let text =
        switch request.input {
        case .prompt(let prompt): prompt
        case .messages(let messages): messages.promptText
        }
      let tokens = tokenizer.tokenize(text)
      state.seenTokens.withLock { $0.remember(tokens) }
      var body: [UInt8] = []
      OperationsResponse.encodeTokenize(
        tokens: tokens.ids, texts: request.returnTokenStrs ? (0..<tokens.count).map { tokens.piece(at: $0) } : nil,
        maxModelLen: state.catalog.models[resolution.model].engine.maxModelLen, into: &body)
      return body
    }
  }

  /// Answers ids that clients have seen; others are a 400.
  func detokenize(_ exchange: Exchange) {
    answer(exchange) { () throws(APIError) in
      let request = try decode(exchange) { root throws(APIError) in try DetokenizeRequest(root) }
      _ = try resolve(request.model)
      let outcome = state.seenTokens.withLock { memory -> Result<[UInt8], APIError> in
        var text: [UInt8] = []
        for id in request.tokens {
          guard let piece = memory.text(of: id) else { return .failure(.unknownToken(id)) }
          text.append(contentsOf: piece)
        }
        return .success(text)
      }
      var body: [UInt8] = []
      OperationsResponse.encodeDetokenize(prompt: try outcome.get(), into: &body)
      return body
    }
  }

  /// Runs `body` and answers with the JSON it makes, or with the refusal it throws.
  func answer(_ exchange: Exchange, _ body: () throws(APIError) -> [UInt8]) {
    do throws(APIError) { reply(exchange, try body()) } catch { refuse(exchange, error) }
  }

  /// What a request's model name stands for; 404 when nothing has that name. The front door may have changed it.
  func resolve(_ name: String?) throws(APIError) -> ModelCatalog.Resolution {
    guard let forwarded else { return try resolve(named: name) }
    var resolution = try resolve(named: forwarded.model ?? name)
    if let displayed = forwarded.displayedModel { resolution.displayedName = displayed }
    return resolution
  }

  private func resolve(named name: String?) throws(APIError) -> ModelCatalog.Resolution {
    guard let name else { return state.catalog.defaultResolution }
    if let known = state.catalog.resolve(name) { return known }
    if state.configuration.api.skipModelNameValidation { return state.catalog.defaultResolution }
    throw .modelNotFound(name)
  }
}

extension LoopApplication {
  /// Hands the top-level object of the body, which the front door may have parsed, to a decoder.
  func decode<Request>(
    _ exchange: Exchange, _ decoder: (JSONValue) throws(APIError) -> Request
  ) throws(APIError) -> Request {
    if let root = forwarded?.root { return try decoder(root) }
    return try exchange.decode { body throws(APIError) in
      try RequestBody.decode(body, parser: jsonParser, decoder)
    }
  }
}

extension Exchange {
  /// Hands the body to a decoder.
  func decode<Request>(
    _ decoder: (UnsafeRawBufferPointer) throws(APIError) -> Request
  ) throws(APIError) -> Request {
    // `withUnsafeBytes` does not carry typed errors.
    let outcome: Result<Request, APIError> = body.withUnsafeBytes { bytes in
      do throws(APIError) { return .success(try decoder(bytes)) } catch { return .failure(error) }
    }
    return try outcome.get()
  }
}
