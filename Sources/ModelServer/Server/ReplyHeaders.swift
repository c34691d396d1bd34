internal import HTTPServer

/// Headers that are the same on every answer of a server.
struct ReplyHeaders {
  static let json = HTTPHeader("Content-Type", "application/json")
  static let eventStream = HTTPHeader("Content-Type", "text/event-stream; charset=utf-8")
  static let plainText = HTTPHeader("Content-Type", "text/plain; charset=utf-8")

  /// Which replica answered (llm-d-inference-sim, response headers); empty without POD_NAME and POD_NAMESPACE.
  let pod: [HTTPHeader]
  /// Those of a JSON answer that needs no others: made once, so that an ordinary answer allocates none.
  let plainJSON: [HTTPHeader]

  init(pod: PodIdentity, port: Int) {
    var headers: [HTTPHeader] = []
    if let name = pod.name {
      headers.append(HTTPHeader("x-inference-pod", name))
      headers.append(HTTPHeader("x-inference-port", String(port)))
    }
    if let namespace = pod.namespace { headers.append(HTTPHeader("x-inference-namespace", namespace)) }
    self.pod = headers
    plainJSON = [Self.json] + headers
  }
}

extension HTTPMethodLabel {
  init(_ method: HTTPMethod) {
    switch method {
    case .get: self = .get
    case .head: self = .head
    case .post: self = .post
    case .put: self = .put
    case .patch: self = .patch
    case .delete: self = .delete
    case .options: self = .options
    case .other: self = .other
    }
  }
}
