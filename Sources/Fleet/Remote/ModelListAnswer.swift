internal import HTTPClient
internal import HTTPServer
internal import JSON

/// Reads a server's list of models (OpenAI API, "List models", with vLLM's `root`, `parent` and `max_model_len`).
final class ModelListAnswer: ResponseHandler {
  /// A longer list is not read.
  private static let maxBytes = 4 << 20

  private let models: RemoteModels
  private let parser: JSONParser
  private var status = 0
  private var body: [UInt8] = []

  init(for models: RemoteModels, parser: JSONParser) {
    self.models = models
    self.parser = parser
  }

  func callDidReceiveHead(_ call: ClientCall, status: Int, headers: [HTTPHeader]) { self.status = status }

  func callDidReceiveBody(_ call: ClientCall, _ bytes: Span<UInt8>) {
    body.append(copying: bytes)
    guard body.count > Self.maxBytes else { return }
    call.cancel()
    models.endAsking(nil)
  }

  func callDidEnd(_ call: ClientCall, _ end: ClientEnd) {
    models.endAsking(end == .complete && status == 200 ? list : nil)
  }

  /// The models of the body; nil when it is no list.
  private var list: [RemoteModel]? {
    guard let document = try? parser.parse(body) else { return nil }
    return document.withRoot { root in
      guard let data = root.member("data"), data.kind == .array else { return nil }
      var list: [RemoteModel] = []
      for card in data.elements {
        guard let name = card.member("id")?.string else { continue }
        var length: Int?
        if case .exact(let value) = card.member("max_model_len")?.integer, value > 0 { length = Int(value) }
        list.append(
          RemoteModel(
            name: name, root: card.member("root")?.string ?? name, parent: card.member("parent")?.string,
            maxModelLen: length))
      }
      return list
    }
  }
}
