internal import EndpointPicking
internal import JSON

/// What a picker is told of a request, live or offline.
struct PickInputs {
  /// The request's id.
  var id: String
  /// The model that the body names; nil when it names none.
  var model: String?
  /// As routes leave it.
  var path: String
  /// The size of the body.
  var bodyBytes: Int
  /// A header's value by its name in lower case.
  var header: (String) -> String?
  /// All headers, for pickers that read others than the known ones.
  var headers: () -> [String: String]

  /// The model to ask `pool` for: what its rewrites make of the client's, or a preset of the gateway's.
  func resolution(
    for pool: PoolID, in store: inout RewriteStore, hasBody: Bool, genericModelFallback: Bool,
    using generator: inout some RandomNumberGenerator
  ) throws(InferenceError) -> ModelResolution {
    // A request without a body goes to any endpoint of the pool.
    guard hasBody else { return ModelResolution(incomingModel: "", targetModel: "") }
    return try store.resolve(
      model: model, for: pool, preset: header("x-gateway-model-name-rewrite") ?? header("x-llm-d-model-name-rewrite"),
      genericModelFallback: genericModelFallback, using: &generator)
  }

  /// The request as `picker` sees it.
  func pickRequest(
    _ resolution: ModelResolution, for picker: PoolPicker, objectives: ObjectiveStore, root: JSONValue?,
    withHeaders: Bool
  ) -> PickRequest {
    var request = PickRequest(id: id, model: resolution.incomingModel)
    request.targetModel = resolution.targetModel
    request.priority = objectives.priority(
      objective: header("x-gateway-inference-objective") ?? header("x-llm-d-inference-objective"),
      model: resolution.incomingModel, in: picker.pool)
    request.fairnessID =
      header("x-gateway-inference-fairness-id") ?? header("x-llm-d-inference-fairness-id")
      ?? FlowKey.defaultFairnessID
    request.bodyBytes = bodyBytes
    if withHeaders { request.headers = headers() }
    if let root { request.takePrompt(from: root, as: PromptForm(path: path), limit: picker.promptLimit) }
    return request
  }
}
