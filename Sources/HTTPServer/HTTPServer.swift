internal import Glibc
internal import Synchronization

/// An HTTP/1.1 server: event loops, each with its own connections, behind one listening socket.
public final class HTTPServer: Sendable {
  /// The loops, in order of their `index`.
  public let loops: [EventLoop]
  private let threads: Mutex<[Thread]>

  /// Serves the connections of `socket` until `stop`.
  ///
  /// `makeApplication` is called once on each loop's own thread, before the first connection is accepted.
  /// Throws when the TLS identity is refused or the system has no resources left.
  public init(
    socket: ListeningSocket,
    loopCount: Int,
    tls: TLSIdentity? = nil,
    options: ServerOptions = ServerOptions(),
    makeApplication: @escaping @Sendable (EventLoop) -> any Application
  ) throws(ServerError) {
    signal(SIGPIPE, SIG_IGN)
    var made: [EventLoop] = []
    for index in 0..<max(1, loopCount) { made.append(try EventLoop(index: index, tls: tls)) }
    let loops = made
    self.loops = loops
    let placement = Placement(loops: loops, firstLoopConnections: options.firstLoopConnections)
    threads = Mutex([])

    var failure: ServerError?
    for loop in loops {
      let started = StartSignal()
      let thread = Thread {
        started.send(
          Result { () throws(ServerError) in try loop.prepare(options: options, makeApplication: makeApplication) })
        guard started.succeeded else { return }
        loop.run()
      }
      threads.withLock { $0.append(thread) }
      if case .failure(let error) = started.wait() { failure = error }
    }
    if let failure {
      stop()
      throw failure
    }
    loops[0].execute {
      loops[0].listen(Listener(socket) { fd, address, length in placement.place(fd, address: address, length: length) })
    }
  }

  /// Stops accepting, aborts what is open, and waits for the loops to end.
  public func stop() {
    for loop in loops { loop.execute { loop.stop() } }
    let running = threads.withLock { list in
      let all = list
      list = []
      return all
    }
    for thread in running { thread.join() }
  }
}

/// Which loop a new connection goes to.
struct Placement: Sendable {
  let loops: [EventLoop]
  /// While fewer than this are open, the first loop takes them: small loads then cross no threads.
  let firstLoopConnections: Int

  func place(_ fd: Int32, address: UnsafeRawPointer, length: UInt32) {
    var target = loops[0]
    if loops.count > 1, target.connectionCount.load(ordering: .relaxed) >= firstLoopConnections {
      var fewest = Int.max
      for loop in loops {
        let open = loop.connectionCount.load(ordering: .relaxed)
        if open < fewest { (fewest, target) = (open, loop) }
      }
    }
    let chosen = target
    if chosen.isCurrent { return chosen.adopt(fd, address: address, length: length) }
    let copy = [UInt8](UnsafeRawBufferPointer(start: address, count: Int(length)))
    chosen.execute { copy.withUnsafeBytes { chosen.adopt(fd, address: $0.baseAddress, length: length) } }
  }
}
