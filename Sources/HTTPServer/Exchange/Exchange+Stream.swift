internal import CLinux
internal import CMicrohttpd
internal import Glibc

/// The sending side of a streamed answer.
struct StreamState {
  var buffer: ChunkBuffer
  /// TLS sends through libmicrohttpd, which pulls and frames; plain sockets are written directly.
  let isPulled: Bool
  /// libmicrohttpd has sent the headers.
  var isOpen = false
  /// The place in the loop's stream table while the connection is suspended.
  var slot: Int?
  var isFinished = false
  var flushIsDue = false
  /// Since when the socket has taken nothing.
  var blockedSince: MonotonicTime?
  /// The writer holds back until everything has been sent.
  var writerWaits = false
}

extension Exchange {
  /// Begins a streamed answer; its headers leave at once, without waiting for the first byte of the body.
  public func beginStream(status: Int = 200, headers: [HTTPHeader]) {
    switch phase {
    case .handling: phase = .opening(status: status, headers: headers)
    case .waiting(let slot):
      phase = .opening(status: status, headers: headers)
      unwatch(slot)
      resume()
    case .ended: return
    case .receiving, .answered, .opening, .sending: preconditionFailure("an exchange is answered once")
    }
    self.status = status
    let isPulled = loop.tls != nil
    stream = StreamState(buffer: ChunkBuffer(isChunked: !isHTTP10 && !isPulled), isPulled: isPulled)
  }

  /// Lets `body` append bytes to the stream. They leave at the end of the loop's turn, all in one `send`.
  public func write(_ body: (inout [UInt8]) -> Void) {
    guard stream != nil else { return }
    stream!.buffer.append(body)
    scheduleFlush()
  }

  /// Ends the stream after everything written so far.
  public func finish() {
    guard stream != nil else { return }
    stream!.isFinished = true
    scheduleFlush()
  }

  /// Unsent bytes above which a writer should hold back.
  private static let highWater = 128 << 10

  /// The reader is slower than the stream, or much is waiting to be sent: hold back and `awaitDrain`.
  public var isBackedUp: Bool { stream.map { $0.blockedSince != nil || $0.buffer.count >= Self.highWater } ?? false }

  /// Asks for one `exchangeDidDrain` when everything written has been sent.
  public func awaitDrain() { stream?.writerWaits = true }

  private func scheduleFlush() {
    guard !stream!.flushIsDue else { return }
    stream!.flushIsDue = true
    // Before the headers are out libmicrohttpd will ask by itself.
    if stream!.isOpen { loop.streams.needsFlush(self) }
  }

  var blockedSince: MonotonicTime? { stream?.blockedSince }

  func flush() {
    guard stream != nil, stream!.isOpen else { return }
    stream!.flushIsDue = false
    guard let slot = stream!.slot else { return }
    if stream!.isPulled {
      if stream!.isFinished || !stream!.buffer.isEmpty { leaveSuspension(slot) }
      return
    }
    let wasBlocked = stream!.blockedSince != nil
    guard send() else { return abort() }
    if stream!.isFinished, stream!.buffer.isEmpty {
      leaveSuspension(slot)
      return
    }
    tellWriterIfDrained()
    if wasBlocked != (stream!.blockedSince != nil) {
      watchAgain(slot)
    }
  }

  func becameWritable() {
    if stream?.blockedSince != nil { flush() }
  }

  /// What the writer adds now leaves in the next turn, so that one long stream does not hold up the others.
  private func tellWriterIfDrained() {
    guard stream!.writerWaits, stream!.buffer.isEmpty, !stream!.isFinished else { return }
    stream!.writerWaits = false
    delegate?.exchangeDidDrain(self)
  }

  private func leaveSuspension(_ slot: Int) {
    unwatch(slot)
    stream!.slot = nil
    resume()
  }

  private func watchAgain(_ slot: Int) {
    unwatch(slot)
    stream!.slot = watch(interest)
  }

  private var interest: Interest { stream!.blockedSince == nil ? .hangUp : [.hangUp, .writable] }

  /// Sends as much as the socket takes; false when the connection is broken.
  private func send() -> Bool {
    stream!.buffer.seal()
    // What ends a stream leaves together with the final chunk, which libmicrohttpd sends in this same turn.
    let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL) | (stream!.isFinished ? Int32(MSG_MORE) : 0)
    while !stream!.buffer.isEmpty {
      let head = stream!.buffer.head
      // Unsafe: the kernel reads within the array, which does not change during the call.
      let sent = stream!.buffer.bytes.withUnsafeBytes {
        Glibc.send(fd, $0.baseAddress! + head, $0.count - head, flags)
      }
      if sent > 0 {
        responseBytes += sent
        stream!.buffer.consume(sent)
        if stream!.blockedSince != nil { stream!.blockedSince = Clock.monotonic }
      } else if errno == EAGAIN || errno == EWOULDBLOCK {
        if stream!.blockedSince == nil { stream!.blockedSince = Clock.monotonic }
        return true
      } else if errno != EINTR {
        return false
      }
    }
    stream!.blockedSince = nil
    return true
  }

  // MARK: - libmicrohttpd's side

  func queueStream(status: Int, headers: [HTTPHeader]) -> MHD_Result {
    // Unsafe: libmicrohttpd calls the reader only while the request lives, and with it this exchange.
    let context = Unmanaged.passUnretained(self).toOpaque()
    // libmicrohttpd allocates a block per response; only under TLS does it ever hold anything.
    let blockSize = stream?.isPulled == true ? 16 << 10 : 256
    guard let handle = MHD_create_response_from_callback(UInt64.max, blockSize, contentReader, context, nil) else {
      return .NO
    }
    defer { MHD_destroy_response(handle) }
    for header in headers { MHD_add_response_header(handle, header.name, header.value) }
    return MHD_queue_response(connection, UInt32(clamping: status), handle)
  }

  /// libmicrohttpd has sent what it had and asks for the body. Returns a count, or one of its two end codes.
  func produce(into target: UnsafeMutableRawBufferPointer) -> Int {
    guard stream != nil else { return contentReaderError }
    if case .ended = phase { return contentReaderError }
    stream!.isOpen = true
    stream!.flushIsDue = false
    if stream!.isPulled {
      tellWriterIfDrained()
      let count = min(target.count, stream!.buffer.count)
      if count > 0 {
        let head = stream!.buffer.head
        stream!.buffer.bytes.withUnsafeBytes {
          target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[head..<head + count]))
        }
        stream!.buffer.seal()
        stream!.buffer.consume(count)
        responseBytes += count
        return count
      }
    } else if !send() {
      abort()
      return contentReaderError
    }
    if stream!.isFinished, stream!.buffer.isEmpty { return contentReaderEnd }
    MHD_suspend_connection(connection)
    stream!.slot = watch(interest)
    tellWriterIfDrained()
    return 0
  }
}
