import HTTPClient
import HTTPServer

/// Sends requests to a running `understudy up` and prints what it answers.
struct AdminClient {
  /// The admin API's URL, without a slash at the end.
  let server: String
  /// Silent about objects that are not there.
  var ignoresNotFound = false
  /// Sends one request.
  var send: (ClientRequest) throws(ClientError) -> ClientResponse = { request throws(ClientError) in
    try BlockingHTTPClient().send(request)
  }
  /// Prints text.
  var write: (StandardStream, String) -> Void = { stream, text in stream.write(text) }

  /// Sends all of `requests`, one after the other, whatever becomes of those before; true when all succeeded.
  ///
  /// Nothing more is sent when the server does not answer.
  func perform(_ requests: [AdminRequest]) -> Bool {
    var succeeded = true
    for request in requests {
      let response: ClientResponse
      do {
        response = try send(clientRequest(request))
      } catch {
        write(.error, text(of: error) + "\n")
        return false
      }
      succeeded = show(response) && succeeded
    }
    return succeeded
  }

  private func text(of error: ClientError) -> String {
    switch error {
    case .cannotConnect: "no understudy up answers at \(server): start one, or name its --admin-port"
    case .invalidRequest, .timedOut, .brokenOff: "error: \(server): \(error)"
    }
  }

  private func clientRequest(_ request: AdminRequest) -> ClientRequest {
    let headers = request.body.isEmpty ? [] : [HTTPHeader("Content-Type", "application/yaml")]
    return ClientRequest(
      method: request.method.rawValue, url: server + request.target, headers: headers, body: request.body)
  }

  /// Prints an answer; false when it is a failure.
  private func show(_ response: ClientResponse) -> Bool {
    switch response.status {
    case 200:
      write(.output, Self.line(String(decoding: response.body, as: UTF8.self)))
      return true
    case 204:
      let note = response.headers.first { $0.name.lowercased() == "x-understudy-note" }
      if !ignoresNotFound { write(.error, Self.line(note?.value ?? "")) }
      return true
    case let status:
      let text = String(decoding: response.body, as: UTF8.self)
      if ignoresNotFound, Self.isNotFound(text) { return true }
      write(.error, Self.line(text.isEmpty ? "error: the server answered with status \(status)" : text))
      return false
    }
  }

  /// Whether nothing is wrong but that objects are missing.
  private static func isNotFound(_ text: String) -> Bool {
    let lines = text.split(separator: "\n")
    return !lines.isEmpty && lines.allSatisfy { $0.hasPrefix("Error from server (NotFound): ") }
  }

  /// With a line break at the end, unless it is empty.
  private static func line(_ text: String) -> String { text.isEmpty || text.hasSuffix("\n") ? text : text + "\n" }
}
