internal import EndpointPicking
internal import HTTPClient
internal import HTTPServer
internal import JSON
internal import ModelServer
internal import OpenAIAPI

/// From the pick to the server that answers.
extension FrontDoorRequest {
  func forward(to token: Int, _ request: PickRequest, _ root: JSONValue?) {
    share.metrics.observe(.requestProcessing, nanoseconds: Clock.monotonic - exchange.receivedAt)
    if let series {
      isRunning = true
      // Without a body nothing counts as scheduled (GIE v1.5).
      if root != nil { share.metrics.requestScheduled(series, bodyBytes: exchange.body.count) }
      share.metrics.requestStarted(series)
    }
    startClock()
    let isRewritten = root != nil && request.targetModel != request.incomingModel
    let showsClientName = isRewritten && share.state.configuration.responseModel == .client
    switch share.server(token, topology) {
    case .hosted(let server):
      stage = .serving(server)
      server.handle(
        exchange,
        ForwardedRequest(
          root: root, path: path == exchange.path ? nil : path, model: isRewritten ? request.targetModel : nil,
          displayedModel: showsClientName ? request.incomingModel : nil, observer: self))
    case .remote(let remote):
      var body = exchange.body
      if isRewritten { body = RequestModelRewriter.replacingModel(in: body, with: request.targetModel) }
      forward(
        to: remote, body,
        restoring: showsClientName ? (target: request.targetModel, client: request.incomingModel) : nil)
    case nil: fail(.shuttingDown, .modelServerError)
    }
  }

  func forward(to remote: RemoteServer, _ body: [UInt8], restoring: (target: String, client: String)?) {
    var headers = exchange.headers
    headers.removeAll { Self.systemHeaders.contains($0.name.lowercased()) }
    let call = share.remote.forward(
      exchange, to: remote.address, path: pathWithQuery, hostname: hostname, body: body, headers: headers,
      restoring: restoring,
      podName: remote.name, observer: self)
    stage = .remote(call)
  }

  /// Headers between client, gateway and picker, which no model server gets (reference: EPP protocol, headers).
  private static let systemHeaders: Set<String> = [
    "x-gateway-inference-fairness-id", "x-gateway-inference-objective", "x-gateway-model-name-rewrite",
    "x-gateway-destination-endpoint-subset", "x-gateway-destination-endpoint", "x-understudy-explain",
  ]

  var pathWithQuery: String { exchange.query.isEmpty ? path : "\(path)?\(exchange.query)" }

  func addResponseHeader(_ name: String, _ value: String) {
    let earlier = exchange.responseHeaderEdit
    exchange.responseHeaderEdit = { headers in
      earlier?(&headers)
      headers.append(HTTPHeader(name, value))
    }
  }
}

extension FrontDoorRequest: ForwardingObserver {
  func forwardedRequestDidProduceFirstToken(at now: MonotonicTime) { firstTokenAt = now }

  func forwardedRequestDidFinish(promptTokens: Int, completionTokens: Int, isStream: Bool) {
    usage = (promptTokens, completionTokens, isStream)
  }
}
