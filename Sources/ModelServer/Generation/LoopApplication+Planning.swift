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
    chat request: ChatCompletionRequest, requestID: String, resolution: ModelCatalog.Resolution,
    loadReport: LoadReport.Format?
  ) throws(APIError) -> PlannedGeneration {
    let configuration = state.catalog.models[resolution.model].engine
    let promptText = request.promptText
    var template = GenerationRequest(id: RequestID(0), promptTokens: tokenizer.count(promptText))
    try checkContext(template.promptTokens, request.sampling.maxTokens, configuration)
    if configuration.mode == .echo { template.echo = tokenizer.tokenize(request.echoText) }
    let promptTokenIDs = request.options.returnTokenIDs ? [tokenizer.tokenize(promptText).ids] : nil
    let role = state.configuration.api.responseRole
    return plan(
      Outline(
        resolution: resolution, requestID: requestID, sampling: request.sampling, options: request.options,
        shape: .chat(
          GenerationPlan.ChatShape(
            role: role, topLogprobs: request.logprobs ? request.topLogprobs : nil,
            echoedContent: request.echoedContent(responseRole: role),
            promptText: request.options.returnPromptText ? promptText : nil)),
        identity: .chat(
          requestID: requestID, created: Self.unixSeconds, model: resolution.displayedName,
          systemFingerprint: state.configuration.api.systemFingerprint), loadReport: loadReport),
      templates: [template], promptTokenIDs: promptTokenIDs)
  }

  func plan(
    completion request: CompletionRequest, requestID: String, resolution: ModelCatalog.Resolution,
    loadReport: LoadReport.Format?
  ) throws(APIError) -> PlannedGeneration {
    let configuration = state.catalog.models[resolution.model].engine
    var sampling = request.sampling
    var shape = GenerationPlan.CompletionShape(logprobs: request.logprobs)
    if sampling.maxTokens == 0 {
      // vLLM's way: one token is generated and thrown away.
      shape.promptOnly = true
      sampling.maxTokens = 1
    }
    let isEcho = configuration.mode == .echo
    let needsTokens = isEcho || request.echo || request.options.returnTokenIDs
    var prompts: [TokenSequence] = []
    var promptTokenIDs: [[UInt32]]? = request.options.returnTokenIDs ? [] : nil
    var templates: [GenerationRequest] = []
    for prompt in request.prompts {
      // Random text needs to know only how long the prompt is.
      let tokens = needsTokens ? tokenSequence(of: prompt) : nil
      var template = GenerationRequest(id: RequestID(0), promptTokens: tokens?.count ?? tokenCount(of: prompt))
      try checkContext(template.promptTokens, sampling.maxTokens, configuration)
      if let tokens {
        promptTokenIDs?.append(tokens.ids)
        let spelled = spelled(tokens, of: prompt)
        prompts.append(spelled)
        if isEcho { template.echo = spelled }
      }
      templates.append(template)
    }
    if request.echo { shape.echoedPrompts = prompts }
    return plan(
      Outline(
        resolution: resolution, requestID: requestID, sampling: sampling, options: request.options,
        shape: .completion(shape),
        identity: .completion(
          requestID: requestID, created: Self.unixSeconds, model: resolution.displayedName,
          systemFingerprint: state.configuration.api.systemFingerprint), loadReport: loadReport),
      templates: templates, promptTokenIDs: promptTokenIDs)
  }

  /// What chats and completions have in common.
  private struct Outline {
    let resolution: ModelCatalog.Resolution
    let requestID: String
    let sampling: SamplingOptions
    let options: RequestOptions
    let shape: GenerationPlan.Shape
    let identity: ResponseIdentity
    let loadReport: LoadReport.Format?
  }

  private func plan(
    _ outline: Outline, templates: consuming [GenerationRequest], promptTokenIDs: [[UInt32]]?
  ) -> PlannedGeneration {
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
      promptTokens: requests.map(\.promptTokens), promptTokenIDs: promptTokenIDs,
      loadReport: outline.loadReport)
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

  private func tokenCount(of prompt: CompletionPrompt) -> Int {
    switch prompt {
    case .text(let text): tokenizer.count(text)
    case .tokenIDs(let ids): ids.count
    }
  }

  private func tokenSequence(of prompt: CompletionPrompt) -> TokenSequence {
    switch prompt {
    case .text(let text): tokenizer.tokenize(text)
    case .tokenIDs(let ids): TokenSequence(ids: ids)
    }
  }

  /// A prompt with text: ids have none, so they are echoed as numbers with commas between (llm-d-inference-sim, echo).
  private func spelled(_ tokens: TokenSequence, of prompt: CompletionPrompt) -> TokenSequence {
    switch prompt {
    case .text: tokens
    case .tokenIDs(let ids): tokenizer.tokenize(ids.map(String.init).joined(separator: ","))
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
