internal import CMicrohttpd

/// The libmicrohttpd daemons of one loop, and which of them have work to do.
final class DaemonGroup {
  private var daemons: [OpaquePointer] = []
  private var isDirty: [Bool] = []
  private var dirty: [Int] = []
  private var next = 0

  init(loop: EventLoop, options: ServerOptions) throws(ServerError) {
    for index in 0..<max(1, options.daemonsPerLoop) {
      guard let daemon = Self.start(loop: loop, options: options) else {
        throw loop.tls == nil
          ? .listen(address: "the HTTP server", reason: "libmicrohttpd could not start")
          : .tls("the TLS certificate and key cannot be used: libmicrohttpd refused them")
      }
      daemons.append(daemon)
      isDirty.append(false)
      loop.poller.add(
        understudy_daemon_epoll_fd(daemon), .readable, token: EventToken.daemon(index).encoded)
    }
  }

  private static func start(loop: EventLoop, options: ServerOptions) -> OpaquePointer? {
    var o = understudy_daemon_options()
    o.handler = accessHandler
    o.completed = requestCompleted
    o.connection_changed = connectionChanged
    // Unsafe: the loop outlives its daemons, which it stops before it ends.
    o.context = Unmanaged.passUnretained(loop).toOpaque()
    o.connection_memory_limit = options.connectionMemory
    o.connection_limit = 1 << 20
    o.inactivity_timeout_seconds = UInt32(clamping: options.idleTimeout / 1_000_000_000)
    guard let tls = loop.tls else { return understudy_start_daemon(&o) }
    return tls.key.withCString { key in
      tls.certificate.withCString { certificate in
        o.tls_key = key
        o.tls_certificate = certificate
        return understudy_start_daemon(&o)
      }
    }
  }

  var hasDirty: Bool { !dirty.isEmpty }

  func markDirty(_ index: Int) {
    guard !isDirty[index] else { return }
    isDirty[index] = true
    dirty.append(index)
  }

  func markAllDirty() { for index in daemons.indices { markDirty(index) } }

  /// The daemon that holds `connection`.
  func index(of connection: OpaquePointer) -> Int? {
    let daemon = understudy_connection_daemon(connection)
    return daemons.firstIndex { $0 == daemon }
  }

  func add(_ fd: Int32, address: UnsafeRawPointer?, length: UInt32) -> Bool {
    next = (next + 1) % daemons.count
    let added = MHD_add_connection(
      daemons[next], fd, address?.assumingMemoryBound(to: sockaddr.self), length)
    markDirty(next)
    return added == .YES
  }

  private func takeDirty() -> [Int] {
    let taken = dirty
    dirty = []
    for index in taken { isDirty[index] = false }
    return taken
  }

  func stop() {
    for daemon in daemons {
      // A resumed connection leaves the suspended list only in MHD_run.
      MHD_run(daemon)
      MHD_stop_daemon(daemon)
    }
  }

  /// Runs the daemons that have work. One that is still busy stays marked: its epoll descriptor does not show that.
  func runDirty() {
    for index in takeDirty() {
      MHD_run(daemons[index])
      var milliseconds: UInt64 = 0
      if MHD_get_timeout(daemons[index], &milliseconds) == .YES, milliseconds == 0 { markDirty(index) }
    }
  }
}
