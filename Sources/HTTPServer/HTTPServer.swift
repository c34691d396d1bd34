internal import Glibc
internal import Synchronization

/// An HTTP/1.1 server: event loops, each with its own connections, behind one listening socket.
public final class HTTPServer: Sendable {
  /// The loops, in order of their `index`.
  public let loops: [EventLoop]
  /// How many loops serve when nobody says so: one per processor, at most 8.
  public static var defaultLoopCount: Int { max(1, min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  private let threads: Mutex<[Thread]>
  private let placement: Placement

  /// Starts the loops and serves the connections of `socket` until `stop`.
  ///
  /// Throws as the initializer without a socket does.
  public convenience init(
    socket: ListeningSocket,
    loopCount: Int,
    tls: TLSIdentity? = nil,
    options: ServerOptions = ServerOptions(),
    makeApplication: @escaping @Sendable (EventLoop) -> any Application
  ) throws(ServerError) {
    try self.init(loopCount: loopCount, tls: tls, options: options, makeApplication: makeApplication)
    listen(socket)
  }

  /// Starts the loops; `listen` gives them connections.
  ///
  /// `makeApplication` is called once on each loop's own thread, before the first connection is accepted.
  /// Throws when the TLS identity is refused or the system has no resources left.
  public init(
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
    placement = Placement(loops: loops, firstLoopConnections: options.firstLoopConnections)
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
  }

  /// Serves the connections of `socket` too; their exchanges have `tag` as `listener`. From any thread.
  public func listen(_ socket: ListeningSocket, tag: Int = 0) {
    loops[0].execute { [loops, placement] in
      loops[0].listen(
        Listener(socket, tag: tag) { fd, address, length in
          placement.place(fd, from: tag, address: address, length: length)
        })
    }
  }

  /// Closes the socket that was given with `tag`; its open connections stay. From any thread.
  public func stopListening(tag: Int) {
    loops[0].execute { [loops] in loops[0].stopListening(tag: tag) }
  }

  /// Runs `work` on every loop's thread and waits until it has run on all of them. Not from a loop's own thread.
  public func onEveryLoop(_ work: @escaping @Sendable (EventLoop) -> Void) {
    let signals = loops.map { _ in StartSignal() }
    for (loop, signal) in zip(loops, signals) {
      loop.execute {
        work(loop)
        signal.send(.success(()))
      }
    }
    for signal in signals { _ = signal.wait() }
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

  func place(_ fd: Int32, from listener: Int, address: UnsafeRawPointer, length: UInt32) {
    var target = loops[0]
    if loops.count > 1, target.connectionCount.load(ordering: .relaxed) >= firstLoopConnections {
      var fewest = Int.max
      for loop in loops {
        let open = loop.connectionCount.load(ordering: .relaxed)
        if open < fewest { (fewest, target) = (open, loop) }
      }
    }
    let chosen = target
    if chosen.isCurrent { return chosen.adopt(fd, from: listener, address: address, length: length) }
    let copy = [UInt8](UnsafeRawBufferPointer(start: address, count: Int(length)))
    chosen.execute {
      copy.withUnsafeBytes { chosen.adopt(fd, from: listener, address: $0.baseAddress, length: length) }
    }
  }
}
