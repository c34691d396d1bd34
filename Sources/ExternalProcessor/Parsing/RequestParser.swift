/// How request bodies are read (GIE v1.5 and llm-d 0.10, request handler parsers).
public enum RequestParser: String, CaseIterable, Hashable, Sendable {
  /// OpenAI's completions, chat completions, responses, conversations and embeddings.
  case openAI = "openai-parser"
  /// Anthropic's messages.
  case anthropic = "anthropic-parser"
  /// vLLM's token-in generation and rendering.
  case vllmHTTP = "vllmhttp-parser"
  /// vLLM's gRPC service, where the body is a gRPC message.
  case vllmGRPC = "vllmgrpc-parser"
  /// Nothing is read.
  case passthrough = "passthrough-parser"
}
