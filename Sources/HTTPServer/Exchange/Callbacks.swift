internal import CMicrohttpd

// Unsafe throughout: these are libmicrohttpd's callbacks. `context` is the loop that started the daemon and outlives it;
// a request's context is its exchange, retained when the request begins and released in `requestCompleted`.

let contentReaderEnd = -1
let contentReaderError = -2

/// Called for the header of a request, for each piece of its body, at its end, and after every resumption.
let accessHandler: MHD_AccessHandlerCallback = {
  context, connection, url, method, version, data, size, requestContext in
  guard let context, let connection, let url, let method, let version, let size, let requestContext else { return .NO }
  guard let known = requestContext.pointee else {
    let loop = Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue()
    let exchange = Exchange(
      loop: loop, connection: connection, method: HTTPMethod(method), path: loop.path(url),
      isHTTP10: version[5] == 0x31 && version[7] == 0x30)
    requestContext.pointee = Unmanaged.passRetained(exchange).toOpaque()
    loop.connectionIsReceiving(exchange.fd, at: exchange.receivedAt)
    return begin(exchange)
  }
  let exchange = Unmanaged<Exchange>.fromOpaque(known).takeUnretainedValue()
  if size.pointee > 0 {
    let piece = UnsafeRawBufferPointer(start: data, count: size.pointee)
    size.pointee = 0
    if case .receiving = exchange.phase { return exchange.receive(piece) ? .YES : .NO }
    return .YES
  }
  if case .receiving = exchange.phase { return dispatch(exchange) }
  return exchange.queueOrSuspend()
}

/// A body whose length is ambiguous, or announced far above the limit, is refused before it is read; libmicrohttpd then
/// closes.
private func begin(_ exchange: Exchange) -> MHD_Result {
  if exchange.hasAmbiguousLength {
    exchange.refuseBody(.ambiguousLength)
    return dispatch(exchange)
  }
  let limit = exchange.loop.options.maxBodyBytes
  guard exchange.announcedLength > limit else { return .YES }
  guard exchange.announcedLength > limit + (16 << 20) || exchange.header("expect") != nil else { return .YES }
  exchange.refuseBody(.tooLarge)
  return dispatch(exchange)
}

private func dispatch(_ exchange: Exchange) -> MHD_Result {
  exchange.phase = .handling
  exchange.loop.connectionIsServing(exchange.fd)
  exchange.loop.application?.handle(exchange)
  return exchange.queueOrSuspend()
}

/// Called when libmicrohttpd can send more of a stream.
let contentReader: MHD_ContentReaderCallback = { context, _, buffer, capacity in
  guard let context, let buffer else { return contentReaderError }
  let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
  return exchange.produce(into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
}

/// Called once per request when libmicrohttpd is done with it.
let requestCompleted: MHD_RequestCompletedCallback = { _, _, requestContext, code in
  guard let known = requestContext?.pointee else { return }
  requestContext?.pointee = nil
  let exchange = Unmanaged<Exchange>.fromOpaque(known).takeRetainedValue()
  let now = Clock.monotonic
  exchange.complete(successfully: code == .REQUEST_TERMINATED_COMPLETED_OK, at: now)
  exchange.loop.connectionIsIdle(exchange.fd, at: now)
}

/// Called when a connection opens and when it closes.
let connectionChanged: MHD_NotifyConnectionCallback = { context, connection, _, code in
  guard let context, let connection else { return }
  let loop = Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue()
  let fd = understudy_connection_fd(connection)
  if code == .CONNECTION_NOTIFY_STARTED { loop.connectionOpened(fd) } else { loop.connectionClosed(fd) }
}
