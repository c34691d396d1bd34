internal import CCurl
internal import HTTPServer

/// A curl handle on its way through calls, one at a time.
final class Transfer {
  /// What became of a piece of a body.
  enum Verdict { case taken, heldBack, refused }

  private var easy: CurlEasy
  private let maxHeadBytes: Int
  private var head: ResponseHead
  /// The call that it is used for; nil while it is idle, and once the call is cancelled.
  private(set) var call: ClientCall?
  /// Why the answer was refused here, which curl reports as an error in writing.
  private var refusal: ClientError?
  private var deadline: MonotonicTime?
  /// curl does not read from the connection.
  private var isHeldBack = false
  /// The place among the engine's running transfers.
  var index: Int?

  /// For use in `engine`, or, without one, for `perform`. Nil when there is no memory.
  init?(options: HTTPClientOptions, engine: TransferEngine? = nil) {
    guard let easy = CurlEasy(options) else { return nil }
    self.easy = easy
    maxHeadBytes = options.maxHeadBytes
    head = ResponseHead(maxBytes: options.maxHeadBytes)
    self.easy.bind(to: self)
    if let engine { self.easy.tellOfSockets(engine) }
  }

  /// What curl calls the transfer.
  var handle: UnsafeMutableRawPointer { easy.handle }

  /// Makes it ready to be used for `call`; says what keeps `request` from being sent.
  func begin(_ request: ClientRequest, for call: ClientCall) -> String? {
    if let defect = request.defect ?? easy.prepare(request) { return defect }
    head = ResponseHead(maxBytes: maxHeadBytes)
    refusal = nil
    deadline = request.timeout.map { Clock.monotonic + min(max($0, 0), 1 << 60) }
    isHeldBack = false
    self.call = call
    return nil
  }

  /// Nothing more is delivered to the call.
  func detach() { call = nil }

  /// Makes it ready for the next call.
  func end() {
    call = nil
    easy.release()
  }

  /// Sends the request and waits for its end; for a transfer without an engine.
  func perform() -> ClientEnd { outcome(easy.perform()) }

  /// Brings curl to what the call wishes; not from inside a callback.
  func applyPause() {
    guard let call, call.isPaused != isHeldBack else { return }
    isHeldBack = call.isPaused
    easy.setPaused(isHeldBack)
  }

  // MARK: - Callbacks

  /// Takes a line of the head; false ends the call.
  func receiveHead(line: Span<UInt8>) -> Bool {
    guard let call else { return false }
    switch head.take(line) {
    case .more: return true
    case .complete(let status, let headers):
      call.handler?.callDidReceiveHead(call, status: status, headers: headers)
      return true
    case .refused(let reason):
      refusal = .brokenOff(reason)
      return false
    }
  }

  /// Takes a piece of the body.
  func receiveBody(_ bytes: Span<UInt8>) -> Verdict {
    guard let call else { return .refused }
    if call.isPaused {
      // curl keeps the piece and gives it again later.
      isHeldBack = true
      return .heldBack
    }
    if !bytes.isEmpty { call.handler?.callDidReceiveBody(call, bytes) }
    return .taken
  }

  // MARK: - Outcome

  /// How the call ended, by curl's word for it.
  func outcome(_ code: CURLcode) -> ClientEnd {
    if code == CURLE_OK {
      // curl takes a head that the end of the connection cuts off for a whole one.
      return head.isComplete ? .complete : .failed(.brokenOff("the connection ended within the answer's head"))
    }
    if let refusal { return .failed(refusal) }
    let text = easy.describe(code)
    switch code {
    case CURLE_URL_MALFORMAT: return .failed(.invalidRequest(text))
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_INTERFACE_FAILED:
      return .failed(.cannotConnect(text))
    case CURLE_OPERATION_TIMEDOUT:
      // Ended early, it was the connect timeout. curl counts whole milliseconds.
      if let deadline, Clock.monotonic >= deadline - 2_000_000 { return .failed(.timedOut(text)) }
      return .failed(.cannotConnect(text))
    default: return .failed(.brokenOff(text))
    }
  }
}
