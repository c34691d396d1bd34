internal import HTTPClient
internal import HTTPServer
internal import JSON
internal import ModelServer
internal import OpenAIAPI

/// The answer of a model server elsewhere on its way to the client.
final class RemoteAnswer {
  /// How far it has come.
  private enum Phase {
    /// The server has not begun to answer.
    case waiting
    /// A short answer, which leaves as a whole once it is there.
    case collecting(status: Int, headers: [HTTPHeader])
    /// Everything leaves as it comes.
    case streaming
    /// The server broke off; the connection is cut once what it had sent is out.
    case breakingOff
    case ended
  }

  /// Answers up to this size leave as a whole when their size is known.
  private static let maxCollectedBytes = 1 << 20

  private let exchange: Exchange
  private let address: RemoteAddress
  private let podName: String?
  private let restoring: (target: String, client: String)?
  private let observer: (any ForwardingObserver)?
  private let parser: JSONParser

  /// The call that it answers.
  var call: ClientCall?
  private var phase = Phase.waiting
  private var collected: [UInt8] = []
  private var restorer: ResponseModelRestorer?
  private var reader: UsageReader?
  private var isEventStream = false
  private var hasContent = false

  init(
    to exchange: Exchange, from address: RemoteAddress, podName: String?,
    restoring: (target: String, client: String)?, observer: (any ForwardingObserver)?, parser: JSONParser
  ) {
    self.exchange = exchange
    self.address = address
    self.podName = podName
    self.restoring = restoring
    self.observer = observer
    self.parser = parser
  }

  // MARK: - Reading along

  private func prepareReading(status: Int, _ headers: [HTTPHeader]) {
    let contentType = headers.first("content-type")
    isEventStream = contentType?.lowercased().hasPrefix("text/event-stream") ?? false
    // Nobody looks into a compressed answer.
    if let coding = headers.first("content-encoding"), coding.lowercased() != "identity" { return }
    if let restoring {
      restorer = ResponseModelRestorer(contentType: contentType, target: restoring.target, client: restoring.client)
    }
    if observer != nil, (200..<300).contains(status) { reader = UsageReader(contentType: contentType, parser: parser) }
  }

  private func read(_ bytes: Span<UInt8>, isLast: Bool = false) {
    guard reader != nil else { return }
    reader!.read(bytes, at: Clock.monotonic, isLast: isLast)
    guard !hasContent, let time = reader!.firstContentAt else { return }
    hasContent = true
    observer?.forwardedRequestDidProduceFirstToken(at: time)
  }

  private func tellObserverOfEnd() {
    guard let reader else { return }
    observer?.forwardedRequestDidFinish(
      promptTokens: reader.usage?.promptTokens ?? 0, completionTokens: reader.usage?.completionTokens ?? 0,
      isStream: isEventStream)
  }

  // MARK: - Ends

  private func complete() {
    switch phase {
    case .waiting: fail("it sent no answer")
    case .collecting(let status, let headers):
      phase = .ended
      // A release build does not see that the span of the property itself ends with the call.
      let whole = collected
      read(whole.span, isLast: true)
      let body = restorer?.transform(whole, isLast: true) ?? whole
      tellObserverOfEnd()
      exchange.respond(HTTPResponse(status: status, headers: headers, body: body))
    case .streaming:
      phase = .ended
      let nothing: [UInt8] = []
      read(nothing.span, isLast: true)
      if let rest = restorer?.transform(nothing, isLast: true), !rest.isEmpty {
        exchange.write { $0.append(contentsOf: rest) }
      }
      tellObserverOfEnd()
      exchange.finish()
    case .breakingOff, .ended: break
    }
  }

  private func fail(_ reason: String) {
    switch phase {
    case .waiting, .collecting:
      phase = .ended
      let name = podName.map { " (\($0))" } ?? ""
      let error = APIError.unavailable("The endpoint \(address.authority)\(name) is not available: \(reason)")
      exchange.respond(
        HTTPResponse(
          status: error.status, headers: [HTTPHeader("Content-Type", "application/json")], body: error.body))
    case .streaming:
      phase = .breakingOff
      breakOff(isFlushed: false)
    case .breakingOff, .ended: break
    }
  }

  /// Cuts the connection, so that the client notices, in the next turn but one: until then, all that had come is sent.
  private func breakOff(isFlushed: Bool) {
    let loop = exchange.loop
    let timer = loop.makeTimer { [self] in
      guard case .breakingOff = phase else { return }
      if !isFlushed {
        // A deadline that is set while timers are run is met in another turn, and each turn ends with sending.
        breakOff(isFlushed: true)
      } else if exchange.isBackedUp {
        exchange.awaitDrain()
      } else {
        cut()
      }
    }
    loop.set(timer, to: Clock.monotonic + 1)
  }

  private func cut() {
    phase = .ended
    exchange.cut()
  }
}

extension RemoteAnswer: ResponseHandler {
  func callDidReceiveHead(_ call: ClientCall, status: Int, headers: [HTTPHeader]) {
    guard case .waiting = phase else { return }
    prepareReading(status: status, headers)
    var passed = headers.endToEnd()
    if let podName, headers.first("x-inference-pod") == nil { passed.append(HTTPHeader("x-inference-pod", podName)) }
    let hasNoBody = exchange.method == .head || status == 204 || status == 304
    if hasNoBody || (!isEventStream && Self.isShort(headers)) {
      phase = .collecting(status: status, headers: passed)
    } else {
      phase = .streaming
      exchange.beginStream(status: status, headers: passed)
    }
  }

  /// The body's size is known and small; Content-Length means nothing beside Transfer-Encoding (RFC 9112, 6.3).
  private static func isShort(_ headers: [HTTPHeader]) -> Bool {
    guard headers.first("transfer-encoding") == nil, let length = headers.first("content-length").flatMap({ Int($0) })
    else { return false }
    return (0...maxCollectedBytes).contains(length)
  }

  func callDidReceiveBody(_ call: ClientCall, _ bytes: Span<UInt8>) {
    switch phase {
    case .collecting: collected.append(copying: bytes)
    case .streaming:
      read(bytes)
      // Unsafe: `bytes` is only used inside `write`, which calls its closure before it returns; a closure cannot
      // capture a span.
      bytes.withUnsafeBufferPointer { bytes in
        exchange.write { output in
          if restorer == nil {
            output.append(contentsOf: bytes)
          } else {
            restorer!.transform(bytes.span, isLast: false, into: &output)
          }
        }
      }
      if exchange.isBackedUp {
        call.pause()
        exchange.awaitDrain()
      }
    case .waiting, .breakingOff, .ended: break
    }
  }

  func callDidEnd(_ call: ClientCall, _ end: ClientEnd) {
    self.call = nil
    switch end {
    case .complete: complete()
    case .failed(let error): fail(error.description)
    }
  }
}

extension RemoteAnswer: ExchangeDelegate {
  func exchangeDidAbort(_ exchange: Exchange) {
    phase = .ended
    call?.cancel()
    call = nil
  }

  func exchangeDidDrain(_ exchange: Exchange) {
    if case .breakingOff = phase { cut() } else { call?.resume() }
  }
}
