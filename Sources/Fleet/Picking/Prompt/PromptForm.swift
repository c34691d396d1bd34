/// Where a request's body has its prompt (GIE v1.5, openai-parser).
enum PromptForm: Sendable, Equatable, CaseIterable {
  /// `messages`.
  case chatCompletions
  /// `prompt`.
  case completions
  /// `instructions`, `tools`, and `input`.
  case responses
  /// `items`.
  case conversations
  /// `input`.
  case embeddings

  /// By the end of the path, a query aside; any other path counts as completions.
  init(path: some StringProtocol) {
    // Nearly all requests have one of these two; comparing characters would cost more than the rest of the pick.
    if path == "/v1/chat/completions" {
      self = .chatCompletions
      return
    }
    if path == "/v1/completions" {
      self = .completions
      return
    }
    let path = path.prefix { $0 != "?" }
    switch true {
    case path.hasSuffix("/chat/completions"): self = .chatCompletions
    case path.hasSuffix("/responses"): self = .responses
    case path.hasSuffix("/conversations"): self = .conversations
    case path.hasSuffix("/embeddings"): self = .embeddings
    default: self = .completions
    }
  }
}
