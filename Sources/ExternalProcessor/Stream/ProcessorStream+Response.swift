internal import EndpointPicking

extension ProcessorStream {
  mutating func receiveResponseHeaders(
    _ headers: ProxyHeaders, served: ServedEndpoint, isLast: Bool, at now: Int64
  ) throws(ProtocolViolation) -> [ProcessorEffect] {
    guard case .expected = responsePhase else { throw ProtocolViolation("response_headers out of order") }
    beginResponse(headers)
    outcome.respondedAt = now
    outcome.status = (headers[":status"] ?? headers["status"]).flatMap { Int($0) }
    var effects: [ProcessorEffect] = []
    if let direction {
      var servedBy: String?
      if case .endpoint(let endpoint) = served { servedBy = endpoint }
      effects.append(.responded(direction, status: outcome.status, servedBy: servedBy))
    }
    effects.append(.reply(ProcessorReply(.responseHeaders(responseHeaderChanges(headers, served)))))
    return isLast ? effects + completeResponse(at: now) : effects
  }

  /// From here on nothing of the request is awaited: it is over, was cut short by a response, or never came this way.
  private mutating func beginResponse(_ headers: ProxyHeaders) {
    if case .done = requestPhase {
    } else {
      requestPhase = .done
      body = []
    }
    if direction == nil, !isRouterOnly { owesEnd = true }
    let response = ResponseBody(
      headers, wantsStream: parsed?.wantsStream ?? false,
      method: head.flatMap { RequestForm(path: $0.path, parsers: options.parsers).grpcMethod },
      direction: modes.response == .none ? nil : direction,
      collectLimit: modes.response == .fullDuplex && !isRouterOnly ? options.maxCollectedResponseBytes : 0,
      parser: parser)
    outcome.isStream = response.isStream
    responsePhase = .receiving(response)
  }

  private func responseHeaderChanges(_ headers: ProxyHeaders, _ served: ServedEndpoint) -> CommonReply {
    var common = CommonReply()
    if isRouterOnly { return common }
    let set = direction?.responseHeaders ?? []
    let replaced = Set(set.map(\.name))
    common.headers.append(RoutingNames.wentIntoResponse, "true")
    common.headers.set += headers.echo { RoutingNames.isEchoedInResponse($0) && !replaced.contains($0) }
      .map { ReplyHeader($0.name, $0.value) }
    for header in set { common.headers.append(header.name, header.value) }
    if options.isConformancePicker { common.headers.append(RoutingNames.testServed, served.testimony) }
    // Chunks that are changed one by one make another length; the other modes see to that themselves.
    if modes.response == .streamed, case .receiving(let body) = responsePhase, body.mayChange {
      common.headers.removed.append("content-length")
    }
    return common
  }

  mutating func receiveResponseBody(_ bytes: [UInt8], isLast: Bool, at now: Int64) -> [ProcessorEffect] {
    if case .expected = responsePhase { beginResponse(ProxyHeaders()) }
    guard case .receiving(var response) = responsePhase else { return [] }
    responsePhase = .done  // so that the body is not copied
    outcome.responseBytes += bytes.count
    // A buffered body is whole even if it does not say so, when trailers follow.
    let isWhole = modes.response == .buffered
    let passed = response.take(bytes, isLast: isLast || isWhole, at: now)
    responsePhase = .receiving(response)
    var effects: [ProcessorEffect] = []
    switch modes.response {
    case .fullDuplex:
      if let passed {
        for chunk in BodyChunks(passed, isLast: isLast) {
          effects.append(.reply(ProcessorReply(.responseBody(CommonReply(body: chunk)))))
        }
      }
    case .none, .streamed, .buffered:
      let new = passed ?? []
      let change = new == bytes ? BodyChange.none : .replaced(new)
      effects.append(.reply(ProcessorReply(.responseBody(CommonReply(body: change)))))
    }
    return isLast ? effects + completeResponse(at: now) : effects
  }

  mutating func receiveResponseTrailers(at now: Int64) -> [ProcessorEffect] {
    if case .expected = responsePhase { beginResponse(ProxyHeaders()) }
    guard case .receiving(var response) = responsePhase else { return [] }
    let rest = response.take([], isLast: true, at: now) ?? []
    responsePhase = .receiving(response)
    var effects: [ProcessorEffect] = []
    if modes.response == .fullDuplex, !rest.isEmpty {
      for chunk in BodyChunks(rest, isLast: false) {
        effects.append(.reply(ProcessorReply(.responseBody(CommonReply(body: chunk)))))
      }
    }
    effects.append(.reply(ProcessorReply(.responseTrailers)))
    return effects + completeResponse(at: now)
  }

  private mutating func completeResponse(at now: Int64) -> [ProcessorEffect] {
    let effects = finish(isComplete: true, at: now)
    responsePhase = .done
    return effects
  }
}

extension ServedEndpoint {
  /// The value of `x-conformance-test-served-endpoint` (Gateway API Inference Extension, conformance).
  fileprivate var testimony: String {
    switch self {
    case .unsaid: "fail: missing envoy lb metadata"
    case .missing: "fail: missing destination endpoint served metadata"
    case .endpoint(let endpoint): endpoint
    }
  }
}
