internal import HTTPServer
internal import OpenAIAPI
internal import Simulation

/// From a decoded request to a plan: names, tokens, and the context's limit.
extension LoopApplication {
  /// A plan and the sequences that it asks an engine for, one per choice, prompt by prompt.
  struct PlannedGeneration {
    let plan: GenerationPlan
    var requests: [GenerationRequest]
  }

  func plan(
    chat request: ChatCompletionRequest, requestID: String, resolution: ModelCatalog.Resolution
  ) throws(APIError) -> PlannedGeneration {
    let configuration = state.catalog.models[resolution.model].engine
    let prompt = tokenizer.tokenize(request.promptText)
    try checkContext(prompt.count, request.sampling.maxTokens, configuration)
    var template = GenerationRequest(id: RequestID(0), prompt: prompt)
    if configuration.mode == .echo { template.echo = tokenizer.tokenize(request.echoText) }
    let role = state.configuration.api.responseRole
    return plan(
      Outline(
        resolution: resolution, requestID: requestID, sampling: request.sampling, options: request.options,
        shape: .chat(
          GenerationPlan.ChatShape(
            role: role, topLogprobs: request.logprobs ? request.topLogprobs : nil,
            echoedContent: request.echoedContent(responseRole: role),
            promptText: request.options.returnPromptText ? request.promptText : nil)),
        identity: .chat(
          requestID: requestID, created: Self.unixSeconds, model: resolution.displayedName,
          systemFingerprint: state.configuration.api.systemFingerprint)),
      templates: [template])
  }

  func plan(
    completion request: CompletionRequest, requestID: String, resolution: ModelCatalog.Resolution
  ) throws(APIError) -> PlannedGeneration {
    let configuration = state.catalog.models[resolution.model].engine
    var sampling = request.sampling
    var shape = GenerationPlan.CompletionShape(logprobs: request.logprobs)
    if sampling.maxTokens == 0 {
      // vLLM's way: one token is generated and thrown away.
      shape.promptOnly = true
      sampling.maxTokens = 1
    }
    var templates: [GenerationRequest] = []
    for prompt in request.prompts {
      var template = GenerationRequest(id: RequestID(0), prompt: tokens(of: prompt))
      try checkContext(template.prompt.count, sampling.maxTokens, configuration)
      if configuration.mode == .echo, case .tokenIDs(let ids) = prompt {
        template.echo = tokenizer.tokenize(Array(ids.map(String.init).joined(separator: ",").utf8))
      }
      templates.append(template)
    }
    if request.echo { shape.echoedPrompts = templates.map { $0.echo ?? $0.prompt } }
    return plan(
      Outline(
        resolution: resolution, requestID: requestID, sampling: sampling, options: request.options,
        shape: .completion(shape),
        identity: .completion(
          requestID: requestID, created: Self.unixSeconds, model: resolution.displayedName,
          systemFingerprint: state.configuration.api.systemFingerprint)),
      templates: templates)
  }

  /// What chats and completions have in common.
  private struct Outline {
    let resolution: ModelCatalog.Resolution
    let requestID: String
    let sampling: SamplingOptions
    let options: RequestOptions
    let shape: GenerationPlan.Shape
    let identity: ResponseIdentity
  }

  private func plan(_ outline: Outline, templates: consuming [GenerationRequest]) -> PlannedGeneration {
    let sampling = outline.sampling
    var requests = templates
    for index in requests.indices {
      requests[index].adapter = outline.resolution.adapter
      requests[index].maxTokens = sampling.maxTokens
      requests[index].minTokens = sampling.minTokens
      requests[index].ignoreEOS = sampling.ignoreEOS
      requests[index].stop = sampling.stop
      requests[index].stopTokenIDs = sampling.stopTokenIDs
      requests[index].includeStopInOutput = sampling.includeStopStrInOutput
      requests[index].seed = sampling.seed.map { UInt64(bitPattern: $0) }
    }
    let plan = GenerationPlan(
      model: outline.resolution.model, requestID: outline.requestID, identity: outline.identity,
      options: outline.options, shape: outline.shape, choices: sampling.n,
      promptTokens: requests.map(\.prompt.count),
      promptTokenIDs: outline.options.returnTokenIDs ? requests.map(\.prompt.ids) : nil)
    return PlannedGeneration(plan: plan, requests: sampling.n == 1 ? requests : repeated(requests, sampling.n))
  }

  /// `count` choices of each prompt. Choices of one seeded request differ from each other, the same way each time.
  private func repeated(_ requests: [GenerationRequest], _ count: Int) -> [GenerationRequest] {
    requests.flatMap { request in
      (0..<count).map { choice in
        var choiceRequest = request
        choiceRequest.seed = request.seed.map { $0 &+ UInt64(choice) }
        return choiceRequest
      }
    }
  }

  private func tokens(of prompt: CompletionPrompt) -> TokenSequence {
    switch prompt {
    case .text(let text): tokenizer.tokenize(text)
    case .tokenIDs(let ids): TokenSequence(ids: ids)
    }
  }

  /// Prompt and maximum together fit the context; without a maximum at least one token must.
  private func checkContext(
    _ promptTokens: Int, _ maxTokens: Int?, _ configuration: EngineConfiguration
  ) throws(APIError) {
    guard promptTokens < configuration.maxModelLen else {
      throw .promptTooLong(maxModelLen: configuration.maxModelLen, promptTokens: promptTokens)
    }
    if let maxTokens, maxTokens > configuration.maxModelLen - promptTokens {
      throw .contextExceeded(
        maxModelLen: configuration.maxModelLen, promptTokens: promptTokens, maxTokens: maxTokens)
    }
  }

  private static var unixSeconds: Int64 { Clock.realtime / 1_000_000_000 }
}
