internal import HTTPClient
public import HTTPServer
internal import JSON

/// The way to one API server from one event loop. Belongs to the loop's thread.
public final class APIClient {
  /// Where the server is.
  public let configuration: ClusterConfiguration
  let loop: EventLoop
  /// For everything that arrives on the loop.
  let parser: JSONParser
  private let client: HTTPClient
  private var authorization: Authorization
  private let userAgent: String

  /// A client without connections; on the loop's thread.
  public init(loop: EventLoop, configuration: ClusterConfiguration, userAgent: String = "understudy") {
    self.loop = loop
    self.configuration = configuration
    self.userAgent = userAgent
    var limits = JSONLimits()
    // A page of a hundred pods has some 25,000.
    limits.maxContainers = 1_000_000
    limits.maxRetainedBytes = 1 << 20
    parser = JSONParser(limits: limits)
    var options = HTTPClientOptions()
    // Each watch has a connection of its own; few are idle at any time.
    options.maxIdleConnections = 8
    options.connectTimeout = 10_000_000_000
    options.keepAliveInterval = 15_000_000_000
    options.tls = ClientTLS(
      authorities: configuration.acceptsAnyCertificate ? nil : configuration.authorities,
      identity: configuration.identity)
    client = HTTPClient(loop: loop, options: options)
    authorization = Authorization(configuration.credential)
  }

  /// Ends all calls and closes all connections.
  public func shutDown() { client.shutDown() }

  /// Reads a token file again before the next request: the server did not accept the token.
  func reloadCredential() { authorization.reload() }

  /// Begins a call whose answer arrives in pieces.
  func send(_ request: APIRequest, to handler: any ResponseHandler) -> ClientCall {
    var headers = [HTTPHeader("Accept", "application/json"), HTTPHeader("User-Agent", userAgent)]
    if let value = authorization.value() { headers.append(HTTPHeader("Authorization", value)) }
    if !request.body.isEmpty { headers.append(HTTPHeader("Content-Type", "application/json")) }
    return client.send(
      ClientRequest(
        method: request.method, url: configuration.server + request.path, headers: headers, body: request.body,
        timeout: request.timeout, acceptsAnyCertificate: configuration.acceptsAnyCertificate),
      to: handler)
  }

  /// Begins a call whose answer is wanted whole: the body of one with a status of 200 to 299, of at most `limit` bytes.
  func call(
    _ request: APIRequest, limit: Int, _ then: @escaping (Result<[UInt8], RequestFailure>) -> Void
  ) -> ClientCall {
    send(request, to: WholeAnswer(limit: limit, parser: parser, then))
  }
}

/// Puts an answer together.
private final class WholeAnswer: ResponseHandler {
  private let limit: Int
  private let parser: JSONParser
  private let then: (Result<[UInt8], RequestFailure>) -> Void
  private var status = 0
  private var headers: [HTTPHeader] = []
  private var body: [UInt8] = []

  init(limit: Int, parser: JSONParser, _ then: @escaping (Result<[UInt8], RequestFailure>) -> Void) {
    self.limit = limit
    self.parser = parser
    self.then = then
  }

  func callDidReceiveHead(_ call: ClientCall, status: Int, headers: [HTTPHeader]) {
    self.status = status
    self.headers = headers
  }

  func callDidReceiveBody(_ call: ClientCall, _ bytes: Span<UInt8>) {
    body.append(copying: bytes)
    guard body.count > limit else { return }
    call.cancel()
    then(.failure(.malformed("the answer has more than \(limit) bytes")))
  }

  func callDidEnd(_ call: ClientCall, _ end: ClientEnd) {
    switch end {
    case .failed(let error): then(.failure(.transport(error.description)))
    case .complete where (200..<300).contains(status): then(.success(body))
    case .complete:
      then(.failure(.status(APIStatus(code: status, headers: headers, body: body, parser: parser))))
    }
  }
}
