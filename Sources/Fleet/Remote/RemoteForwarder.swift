internal import HTTPClient
internal import HTTPServer
internal import JSON
internal import ModelServer

/// Hands requests that the front door has read to model servers elsewhere. Belongs to its client's loop.
final class RemoteForwarder {
  private let client: HTTPClient
  private let parser = JSONParser()

  /// Forwards through `client`.
  init(client: HTTPClient) { self.client = client }

  /// A mirrored call that takes longer than this is given up; nanoseconds.
  private static let mirrorTimeout: Int64 = 600_000_000_000
  /// A server that does not list its models within this time is asked again later; nanoseconds.
  private static let modelsTimeout: Int64 = 4_000_000_000

  /// Sends a request on and lets its answer through, as it comes.
  ///
  /// Headers that are about one connection only are left out on both ways. An answer without `x-inference-pod` gets
  /// `podName`. A server that cannot be reached, or that breaks off before anything has left, makes it a 503; one that
  /// breaks off later makes the connection end early, after all that it had sent. A client that goes away ends the
  /// call. There is no time limit: to give up before the answer has begun, take the exchange's delegate away from it
  /// and call the delegate's `exchangeDidAbort`; later, `cut` the exchange.
  ///
  /// - Parameters:
  ///   - exchange: its method is sent on; becomes this call's, until the answer is complete.
  ///   - path: percent-decoded, and behind a question mark the query, encoded.
  ///   - hostname: the Host header; nil: the server's address.
  ///   - body: sent instead of the exchange's own.
  ///   - restoring: the model name that is replaced in the answer, and the name that stands there then. The server is
  ///     not told then that the client takes compressed answers.
  ///   - observer: told when the first event with content has come, of streams, and at the end of every answer with a
  ///     status from 200 to 299; counts that the answer does not report are 0.
  /// - Returns: the call that it became.
  @discardableResult
  func forward(
    _ exchange: Exchange, to address: RemoteAddress, path: String, hostname: String? = nil, body: [UInt8],
    headers: [HTTPHeader], restoring: (target: String, client: String)? = nil, podName: String? = nil,
    observer: (any ForwardingObserver)? = nil
  ) -> ClientCall {
    var passed = headers.endToEnd(host: hostname)
    if restoring != nil { passed.removeAll { $0.isNamed("accept-encoding") } }
    let answer = RemoteAnswer(
      to: exchange, from: address, podName: podName, restoring: restoring, observer: observer, parser: parser)
    exchange.delegate = answer
    let call = client.send(
      ClientRequest(method: exchange.method.description, url: address.url(path), headers: passed, body: body),
      to: answer)
    answer.call = call
    return call
  }

  /// Sends a copy of a request whose answer nobody reads.
  func mirror(
    to address: RemoteAddress, path: String, hostname: String? = nil, method: String, body: [UInt8],
    headers: [HTTPHeader]
  ) {
    client.send(
      ClientRequest(
        method: method, url: address.url(path), headers: headers.endToEnd(host: hostname), body: body,
        timeout: Self.mirrorTimeout),
      to: DiscardedAnswer())
  }

  /// Asks a server for its models (`GET /v1/models`), unless it is being asked; what it was known to serve stays when
  /// it does not say.
  func askForModels(of models: RemoteModels) {
    guard models.beginAsking() else { return }
    client.send(
      ClientRequest(url: models.address.url("/v1/models"), timeout: Self.modelsTimeout),
      to: ModelListAnswer(for: models, parser: parser))
  }
}

/// Takes an answer to its end.
private final class DiscardedAnswer: ResponseHandler {
  func callDidReceiveHead(_ call: ClientCall, status: Int, headers: [HTTPHeader]) {}
  func callDidReceiveBody(_ call: ClientCall, _ bytes: Span<UInt8>) {}
  func callDidEnd(_ call: ClientCall, _ end: ClientEnd) {}
}
