internal import EndpointPicking
internal import JSON

/// What a stream has to know of a request's body.
struct ParsedBody: Equatable {
  var content: DirectedRequest.Content
  /// The client asked for a stream of events.
  var wantsStream = false

  /// Reads `body`, which came for `path` and has to be of that form.
  ///
  /// - Throws: code `BadRequest` with GIE v1.5's text.
  init(_ body: [UInt8], as form: RequestForm, path: String, parser: JSONParser) throws(InferenceError) {
    switch form {
    case .opaque: content = .opaque
    case .unsupportedGRPC: throw InferenceError(.badRequest, "unsupported gRPC path: \(path)")
    case .grpc(let method):
      guard GRPCFrame.isWhole(body) else {
        throw InferenceError(.badRequest, "parsing gRPC payload for \(method): not able to parse payload")
      }
      content = .opaque
    case .conversations, .responses, .chatCompletions, .completions, .embeddings, .messages, .object:
      (content, wantsStream) = try Self.readObject(body, as: form, parser: parser)
    }
  }

  private static func readObject(
    _ body: [UInt8], as form: RequestForm, parser: JSONParser
  ) throws(InferenceError) -> (DirectedRequest.Content, Bool) {
    let document: JSONDocument
    do throws(JSONError) {
      document = try parser.parse(body)
    } catch {
      throw InferenceError(.badRequest, "error unmarshaling request bodyMap: \(error)")
    }
    return try document.withRoot { root throws(InferenceError) in
      guard root.kind == .object else {
        throw InferenceError(
          .badRequest, "error unmarshaling request bodyMap: expected an object, got \(root.kind.phrase)")
      }
      if let complaint = form.complaint(about: root) { throw InferenceError(.badRequest, complaint) }
      return (.json(model: root.member("model")?.string), root.member("stream")?.bool ?? false)
    }
  }
}

extension RequestForm {
  /// What is missing in a body of this form; nil when nothing is.
  fileprivate func complaint(about root: JSONValue) -> String? {
    switch self {
    case .conversations:
      root.hasField("items") ? nil : "invalid conversations request: must have items field"
    case .responses:
      root.hasField("input") ? nil : "invalid responses request: must have input field"
    case .chatCompletions:
      root.hasMessages ? nil : "invalid chat completions request: must have valid messages field"
    case .completions:
      root.hasPrompt ? nil : "invalid completions request: must have prompt field"
    case .embeddings:
      root.hasField("input") ? nil : "invalid embeddings request: must have input field"
    case .messages:
      root.hasMessages ? nil : "invalid messages request: must have valid messages field"
    case .object, .grpc, .unsupportedGRPC, .opaque: nil
    }
  }
}

extension JSONValue {
  fileprivate func hasField(_ name: StaticString) -> Bool { member(name).map { !$0.isNull } ?? false }

  /// `messages` with at least one.
  fileprivate var hasMessages: Bool {
    guard let messages = member("messages"), messages.kind == .array else { return false }
    return messages.count > 0
  }

  /// `prompt`, a text or a list.
  fileprivate var hasPrompt: Bool {
    guard let prompt = member("prompt") else { return false }
    return prompt.kind == .string || prompt.kind == .array
  }
}
