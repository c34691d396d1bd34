internal import HTTPServer

/// An HTTP/1.1 client for programs that have nothing else to do: a call blocks its thread.
///
/// Every call opens a connection of its own. Else it does as `HTTPClient` does.
public struct BlockingHTTPClient: Sendable {
  private let options: HTTPClientOptions

  /// A client; `options.maxIdleConnections` means nothing to it.
  public init(options: HTTPClientOptions = HTTPClientOptions()) { self.options = options }

  /// Sends `request` and waits for the whole answer, whatever its status.
  public func send(_ request: ClientRequest) throws(ClientError) -> ClientResponse {
    guard let transfer = Transfer(options: options) else { throw .cannotConnect("out of memory") }
    let collector = ResponseCollector()
    if let defect = transfer.begin(request, for: ClientCall(collector)) { throw .invalidRequest(defect) }
    switch transfer.perform() {
    case .complete: return collector.response
    case .failed(let error): throw error
    }
  }
}

/// Puts an answer together.
private final class ResponseCollector: ResponseHandler {
  private(set) var response = ClientResponse(status: 0)

  func callDidReceiveHead(_ call: ClientCall, status: Int, headers: [HTTPHeader]) {
    response = ClientResponse(status: status, headers: headers)
  }

  func callDidReceiveBody(_ call: ClientCall, _ bytes: Span<UInt8>) { response.body.append(copying: bytes) }

  func callDidEnd(_ call: ClientCall, _ end: ClientEnd) {}
}
