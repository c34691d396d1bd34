internal import CLinux
internal import CMicrohttpd
internal import Glibc

/// Why a request's body was not read.
public enum BodyDefect: Sendable {
  /// It is above `ServerOptions.maxBodyBytes`.
  case tooLarge
  /// Several headers say how long it is.
  case ambiguousLength
}

/// One request and its answer. Belongs to its loop's thread.
public final class Exchange {
  /// Where an exchange is in its life.
  enum Phase {
    /// The body is arriving.
    case receiving
    /// The application is being asked.
    case handling
    /// Suspended without an answer; the socket is watched in `slot`.
    case waiting(slot: Int)
    /// The answer is known; libmicrohttpd takes it in the next turn.
    case answered(HTTPResponse)
    /// A stream is wanted; libmicrohttpd takes its headers in the next turn.
    case opening(status: Int, headers: [HTTPHeader])
    /// libmicrohttpd has the answer.
    case sending
    /// Over, or about to be: the client is gone.
    case ended
  }

  // Unsafe: a loop outlives its exchanges, and a checked reference would cost two atomic operations per use.
  /// The loop that serves this exchange.
  public unowned(unsafe) let loop: EventLoop
  /// The request's method.
  public let method: HTTPMethod
  /// The request's path without the query, percent-decoded.
  public let path: String
  /// When the request's header had arrived.
  public let receivedAt: MonotonicTime
  /// When whoever answers got the request: `receivedAt`, or later where a front door held it back.
  public var handedOverAt: MonotonicTime
  /// The request's body; empty when it was too large, and after `releaseBody`.
  public private(set) var body: [UInt8] = []
  /// The size of the request's body as received.
  public private(set) var requestBytes = 0
  /// What is wrong with the request's body; then there is none.
  public private(set) var bodyDefect: BodyDefect?
  /// The status of the answer, once there is one.
  public internal(set) var status = 0
  /// The size of the answer's body in bytes, without framing.
  public internal(set) var responseBytes = 0
  /// When the answer was complete; 0 before.
  public private(set) var completedAt: MonotonicTime = 0
  /// The application's number for the route; not interpreted here.
  public var route = 0
  /// The tag of the listener that the connection came through.
  public let listener: Int
  /// What the application wants to remember of the exchange; not interpreted here.
  public var attachment: AnyObject?
  /// Changes the headers of the answer, whoever answers; nil changes nothing.
  public var responseHeaderEdit: ((inout [HTTPHeader]) -> Void)?
  /// Stand in for the request's own headers: by lower-case name, nil hides one.
  private(set) var headerOverrides = HeaderOverrides()
  /// Told of aborts and drained streams; let go of at the end of the exchange.
  public var delegate: (any ExchangeDelegate)?

  // Unsafe: libmicrohttpd's connection outlives the exchange, which it releases through `requestCompleted`.
  let connection: OpaquePointer
  let fd: Int32
  let isHTTP10: Bool
  var phase = Phase.receiving
  var stream: StreamState?

  init(loop: EventLoop, connection: OpaquePointer, method: HTTPMethod, path: String, isHTTP10: Bool) {
    self.loop = loop
    self.connection = connection
    self.method = method
    self.path = path
    self.isHTTP10 = isHTTP10
    fd = understudy_connection_fd(connection)
    listener = loop.listener(of: fd)
    receivedAt = Clock.monotonic
    handedOverAt = receivedAt
  }

  // MARK: - Request

  /// A header's value by lower-case name, or nil; valid until the answer is complete.
  public func header(_ name: StaticString) -> String? {
    if !headerOverrides.isEmpty, let override = headerOverrides[name] { return override }
    return value(name, understudy_header)
  }

  /// Lets `header` and `headers` say `value` from now on, whatever the client sent; nil: the header is not there.
  ///
  /// - Parameter name: in lower case.
  public func override(header name: String, with value: String?) { headerOverrides.set(name, value) }

  /// A query argument's value, percent-decoded, or nil.
  public func queryArgument(_ name: StaticString) -> String? { value(name, understudy_query_argument) }

  /// A header's value by name in lower case that is known only now, or nil; valid until the answer is complete.
  public func header(named name: String) -> String? {
    if !headerOverrides.isEmpty, let override = headerOverrides[name] { return override }
    return name.withCString { value($0, name.utf8.count, understudy_header) }
  }

  /// A query argument's value by a name that is known only now, percent-decoded, or nil.
  public func queryArgument(named name: String) -> String? {
    name.withCString { value($0, name.utf8.count, understudy_query_argument) }
  }

  private typealias LookUp =
    (OpaquePointer, UnsafePointer<CChar>, Int, UnsafeMutablePointer<Int>) -> UnsafePointer<CChar>?

  private func value(_ name: StaticString, _ lookUp: LookUp) -> String? {
    name.utf8Start.withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount) { pointer in
      value(pointer, name.utf8CodeUnitCount, lookUp)
    }
  }

  private func value(_ name: UnsafePointer<CChar>, _ count: Int, _ lookUp: LookUp) -> String? {
    if case .ended = phase { return nil }
    var length = 0
    guard let value = lookUp(connection, name, count, &length) else { return nil }
    // Unsafe: libmicrohttpd keeps the value in the connection's pool; it is copied out here.
    return String(decoding: UnsafeRawBufferPointer(start: value, count: length), as: UTF8.self)
  }

  func receive(_ data: UnsafeRawBufferPointer) -> Bool {
    requestBytes += data.count
    if requestBytes > loop.options.maxBodyBytes {
      bodyDefect = .tooLarge
      body = []
      // A little too much is read to the end, so that the client gets to see its 413; a flood is cut off.
      return requestBytes <= loop.options.maxBodyBytes + (16 << 20)
    }
    if body.isEmpty { body.reserveCapacity(max(data.count, min(announcedLength, loop.options.maxBodyBytes))) }
    body.append(contentsOf: data)
    return true
  }

  /// Lets go of the body, which a long stream need not hold.
  public func releaseBody() { body = [] }

  /// Content-Length, or 0.
  lazy var announcedLength: Int = header("content-length").flatMap { Int($0) } ?? 0

  func refuseBody(_ defect: BodyDefect) { bodyDefect = defect }

  /// The header says in two ways how long the body is, which proxies may read differently (RFC 9112, 6.3).
  var hasAmbiguousLength: Bool {
    understudy_count_length_headers(connection) > 1
  }

  // MARK: - Answer

  /// Answers with a whole response; ignored once the client is gone.
  public func respond(_ response: HTTPResponse) {
    switch phase {
    case .handling: phase = .answered(response)
    case .waiting(let slot):
      phase = .answered(response)
      unwatch(slot)
      resume()
    case .ended: break
    case .receiving, .answered, .opening, .sending: preconditionFailure("an exchange is answered once")
    }
    status = response.status
    responseBytes = response.body.count
  }

  /// True while the client may still be there and no answer has been given.
  public var isUnanswered: Bool {
    switch phase {
    case .handling, .waiting: true
    case .receiving, .answered, .opening, .sending, .ended: false
    }
  }

  /// Hands the answer to libmicrohttpd if there is one, else suspends the connection. In the access handler only.
  func queueOrSuspend() -> MHD_Result {
    switch phase {
    case .answered(var response):
      phase = .sending
      responseHeaderEdit?(&response.headers)
      return queue(response)
    case .opening(let status, var headers):
      phase = .sending
      responseHeaderEdit?(&headers)
      return queueStream(status: status, headers: headers)
    case .handling:
      MHD_suspend_connection(connection)
      phase = .waiting(slot: watch(.hangUp))
      return .YES
    case .ended: return .NO
    case .receiving, .waiting, .sending: return .YES
    }
  }

  private func queue(_ response: HTTPResponse) -> MHD_Result {
    // Unsafe: libmicrohttpd copies the body before the call returns.
    let handle = response.body.withUnsafeBytes { understudy_response_copy($0.baseAddress, $0.count) }
    guard let handle else { return .NO }
    defer { MHD_destroy_response(handle) }
    for header in response.headers { MHD_add_response_header(handle, header.name, header.value) }
    return MHD_queue_response(connection, UInt32(clamping: response.status), handle)
  }

  // MARK: - Watching the socket

  /// Watches the socket of the suspended connection; libmicrohttpd does not notice a client that goes away meanwhile.
  func watch(_ interest: Interest) -> Int {
    let (slot, token) = loop.streams.insert(self)
    loop.poller.add(fd, interest.union(.edgeTriggered), token: token)
    return slot
  }

  func unwatch(_ slot: Int) {
    loop.poller.remove(fd)
    loop.streams.remove(slot: slot)
  }

  func resume() {
    MHD_resume_connection(connection)
    markDaemonDirty()
  }

  private func markDaemonDirty() {
    if let index = loop.daemons.index(of: connection) { loop.daemons.markDirty(index) }
  }

  // MARK: - End

  /// Cuts the connection, as a client that goes away does: its delegate is told, and no answer is completed.
  public func cut() {
    switch phase {
    case .waiting, .sending: abort()
    case .handling, .receiving, .answered, .opening:
      phase = .ended
      tellDelegateOfAbort()
    case .ended: break
    }
  }

  /// The client is gone while the connection is suspended.
  func abort() {
    if case .ended = phase { return }
    let slot: Int? = if case .waiting(let slot) = phase { slot } else { stream?.slot }
    phase = .ended
    tellDelegateOfAbort()
    if let slot {
      unwatch(slot)
      stream?.slot = nil
      resume()
    }
  }

  private func tellDelegateOfAbort() {
    let told = delegate
    delegate = nil
    told?.exchangeDidAbort(self)
  }

  /// libmicrohttpd is done with the request.
  func complete(successfully: Bool, at now: MonotonicTime) {
    if let slot = stream?.slot { unwatch(slot) }
    if case .waiting(let slot) = phase { unwatch(slot) }
    stream = nil
    if case .ended = phase {} else if !successfully { tellDelegateOfAbort() }
    phase = .ended
    delegate = nil
    // libmicrohttpd closes only in its next turn.
    if isHTTP10 || !successfully { markDaemonDirty() }
    completedAt = now
    loop.application?.completed(self)
  }
}
