/// What the body of a path has to be.
enum RequestForm: Equatable, Sendable {
  case conversations
  case responses
  case chatCompletions
  case completions
  case embeddings
  case messages
  /// A JSON object of which nothing more is asked.
  case object
  /// A message of vLLM's gRPC service; the method's name.
  case grpc(String)
  case unsupportedGRPC
  case opaque

  private static let suffixes: [(parser: RequestParser, suffix: String, form: RequestForm)] = [
    (.openAI, "/conversations", .conversations),
    (.openAI, "/responses", .responses),
    (.openAI, "/chat/completions", .chatCompletions),
    (.openAI, "/completions", .completions),
    (.openAI, "/embeddings", .embeddings),
    (.anthropic, "/v1/messages", .messages),
    (.anthropic, "/v1/messages/count_tokens", .messages),
    (.vllmHTTP, "/inference/v1/generate", .object),
    (.vllmHTTP, "/render", .object),
    (.vllmGRPC, "/vllm.grpc.engine.VllmEngine/Generate", .grpc("Generate")),
    (.vllmGRPC, "/vllm.grpc.engine.VllmEngine/Embed", .grpc("Embed")),
  ]

  /// The form that the parser with the longest matching path suffix has; what `ProcessorOptions.parsers` says for a path
  /// that matches none.
  init(path: String, parsers: [RequestParser]) {
    let match =
      Self.suffixes
      .filter { parsers.contains($0.parser) && path.hasSuffix($0.suffix) }
      .max { $0.suffix.utf8.count < $1.suffix.utf8.count }
    if let match {
      self = match.form
    } else if parsers.contains(.passthrough) {
      self = .opaque
    } else {
      switch parsers.first {
      case .openAI: self = .completions
      case .anthropic, .vllmHTTP: self = .object
      case .vllmGRPC: self = .unsupportedGRPC
      case .passthrough, nil: self = .opaque
      }
    }
  }
}

extension RequestForm {
  /// The method of vLLM's gRPC service; nil for any other form.
  var grpcMethod: String? { if case .grpc(let method) = self { method } else { nil } }
}
