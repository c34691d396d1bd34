internal import EndpointPicking
internal import OpenAIAPI

extension ProcessorStream {
  mutating func receiveRequestHeaders(
    _ headers: ProxyHeaders, subset: SubsetHint?, isLast: Bool, at now: Int64
  ) throws(ProtocolViolation) -> [ProcessorEffect] {
    guard case .expected = requestPhase else { throw ProtocolViolation("request_headers out of order") }
    let selection = options.isConformancePicker ? headers[RoutingNames.testSelection] : nil
    let head = RequestHead(headers, subset: selection.map { SubsetHint(header: $0) } ?? subset, at: now)
    self.head = head
    requestPhase = .receiving
    if isLast { return direct(head, .none, endedBy: .headers) }
    switch modes.request {
    // The headers go on as soon as they are answered, before the picker has seen the body.
    case .none, .streamed: return direct(head, .none, endedBy: .headers)
    case .buffered: return [.reply(ProcessorReply(.requestHeaders(CommonReply())))]
    case .fullDuplex: return []
    }
  }

  mutating func receiveRequestBody(
    _ bytes: [UInt8], isLast: Bool, at now: Int64
  ) throws(ProtocolViolation) -> [ProcessorEffect] {
    switch requestPhase {
    case .expected: throw ProtocolViolation("request_body before request_headers")
    case .directing: throw ProtocolViolation("request_body behind the body's end")
    case .done:
      outcome.requestBytes += modes.request == .streamed ? bytes.count : 0
      // Each chunk of a streamed body wants its answer. Otherwise this is a second end, which changes nothing.
      return modes.request == .streamed ? [.reply(ProcessorReply(.requestBody(CommonReply())))] : []
    case .receiving: break
    }
    guard bytes.count <= options.maxRequestBytes - body.count else {
      return refuse(.bodyTooLarge(limit: options.maxRequestBytes))
    }
    if body.isEmpty { body = bytes } else { body.append(contentsOf: bytes) }
    // A buffered body is whole even if it does not say so, when trailers follow.
    return isLast || modes.request == .buffered ? completeRequest(endedBy: .body) : []
  }

  mutating func receiveRequestTrailers(at now: Int64) throws(ProtocolViolation) -> [ProcessorEffect] {
    switch requestPhase {
    case .expected: throw ProtocolViolation("request_trailers before request_headers")
    case .directing: throw ProtocolViolation("request_trailers behind the request's end")
    case .receiving: return completeRequest(endedBy: .trailers)
    case .done:
      if hasAnsweredTrailers { return [] }
      hasAnsweredTrailers = true
      return [.reply(ProcessorReply(.requestTrailers))]
    }
  }

  private mutating func completeRequest(endedBy end: RequestEnd) -> [ProcessorEffect] {
    guard let head else { return [] }
    outcome.requestBytes = body.count
    if body.isEmpty, head.mayLackBody { return direct(head, .none, endedBy: end) }
    do throws(InferenceError) {
      let form = isRouterOnly ? .object : RequestForm(path: head.path, parsers: options.parsers)
      let parsed = try ParsedBody(body, as: form, path: head.path, parser: parser)
      self.parsed = parsed
      return direct(head, parsed.content, endedBy: end)
    } catch {
      return refuse(isRouterOnly ? .unreadable : Refusal(error))
    }
  }

  private mutating func refuse(_ refusal: Refusal) -> [ProcessorEffect] {
    requestPhase = .done
    isClosed = true
    body = []
    return [.refused(refusal), .reply(ProcessorReply(.immediate(refusal.reply))), .close]
  }

  private mutating func direct(
    _ head: RequestHead, _ content: DirectedRequest.Content, endedBy end: RequestEnd
  ) -> [ProcessorEffect] {
    requestPhase = .directing(end)
    if isRouterOnly { return answerRequest(nil, endedBy: end) }
    return [
      .direct(
        DirectedRequest(
          id: head.id, method: head.method, path: head.path, headers: head.headers.dictionary, content: content,
          body: body, subset: head.subset, receivedAt: head.receivedAt))
    ]
  }

  /// The director has decided, at `now`.
  mutating func resolve(_ decision: Result<Direction, InferenceError>, at now: Int64) -> [ProcessorEffect] {
    guard case .directing(let end) = requestPhase else { return [] }
    switch decision {
    case .failure(let error):
      requestPhase = .done
      isClosed = true
      body = []
      return [
        .reply(ProcessorReply(.immediate(Refusal(error).reply))), .close,
      ]
    case .success(let direction):
      self.direction = direction
      owesEnd = true
      outcome.directedAt = now
      return answerRequest(direction, endedBy: end)
    }
  }

  /// The replies to a request that is complete.
  private mutating func answerRequest(_ direction: Direction?, endedBy end: RequestEnd) -> [ProcessorEffect] {
    requestPhase = .done
    guard let head else { return [] }
    let sent = bodyToSend(for: direction)
    body = []
    var common = CommonReply()
    common.clearsRouteCache = true
    common.headers = headerChanges(direction, head, endedBy: end, contentLength: sent.count)
    let destination = direction.map { RoutedDestination(value: $0.destination, scores: $0.scores) }
    var effects: [ProcessorEffect] = direction.map { [.routed($0, bodyBytes: sent.count)] } ?? []
    switch (end, modes.request) {
    case (.headers, _): effects.append(.reply(ProcessorReply(.requestHeaders(common), destination: destination)))
    case (.body, .buffered):
      common.body = .replaced(sent)
      effects.append(.reply(ProcessorReply(.requestBody(common), destination: destination)))
    case (.trailers, .buffered):
      // Headers cannot be changed any more; the metadata still can.
      hasAnsweredTrailers = true
      effects.append(.reply(ProcessorReply(.requestTrailers, destination: destination)))
    case (.body, _), (.trailers, _):
      effects.append(.reply(ProcessorReply(.requestHeaders(common), destination: destination)))
      if end == .body || !sent.isEmpty {
        for chunk in BodyChunks(sent, isLast: end == .body) {
          effects.append(.reply(ProcessorReply(.requestBody(CommonReply(body: chunk)))))
        }
      }
      if end == .trailers {
        hasAnsweredTrailers = true
        effects.append(.reply(ProcessorReply(.requestTrailers)))
      }
    }
    return effects
  }

  var isRouterOnly: Bool { if case .only = options.bodyRouting { true } else { false } }

  /// The body with the target's name, or untouched when it has that already or names no model.
  private func bodyToSend(for direction: Direction?) -> [UInt8] {
    guard let target = direction?.targetModel, !target.isEmpty, case .json(let model)? = parsed?.content,
      model != target
    else { return body }
    return RequestModelRewriter.replacingModel(in: body, with: target)
  }

  private func headerChanges(
    _ direction: Direction?, _ head: RequestHead, endedBy end: RequestEnd, contentLength: Int
  ) -> HeaderChanges {
    var changes = HeaderChanges()
    if let direction {
      changes.removed = direction.removedRequestHeaders
      if !direction.destination.isEmpty { changes.append(RoutingNames.destination, direction.destination) }
    }
    if end != .headers, contentLength > 0 { changes.append("Content-Length", String(contentLength)) }
    if let direction, end != .headers {
      let replaced = Set(direction.requestHeaders.map(\.name)).union(direction.removedRequestHeaders)
      let echo = head.headers.echo { RoutingNames.isEchoedInRequest($0) && !replaced.contains($0) }
      changes.set += echo.map { ReplyHeader($0.name, $0.value) }
      if head.hasNewID, !replaced.contains(RoutingNames.requestID) { changes.append(RoutingNames.requestID, head.id) }
    }
    for header in direction?.requestHeaders ?? [] { changes.append(header.name, header.value) }
    appendBodyRouting(to: &changes)
    if options.isConformancePicker, let endpoint = direction?.destination.split(separator: ",").first {
      changes.append(RoutingNames.testEcho, "\(RoutingNames.testServed):\(endpoint)")
    }
    return changes
  }

  /// The model's name for routes; none when the body names none.
  private func appendBodyRouting(to changes: inout HeaderChanges) {
    let baseModels: ProcessorOptions.BaseModels
    switch options.bodyRouting {
    case .off: return
    case .beside(let models), .only(let models): baseModels = models
    }
    guard case .json(let model?)? = parsed?.content, !model.isEmpty else { return }
    changes.append(RoutingNames.model, model)
    changes.append(RoutingNames.baseModel, baseModels(model) ?? "")
  }
}
