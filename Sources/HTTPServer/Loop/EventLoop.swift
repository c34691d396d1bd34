internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread with its own poller, deadlines, libmicrohttpd daemons and connections; shares nothing with other loops.
///
/// Everything but `execute`, `index` and `connectionCount` belongs to the loop's own thread.
public final class EventLoop: @unchecked Sendable {
  // Unchecked: all mutable state is confined to the loop's thread; other threads reach it through `mailbox` alone.

  /// The loop's place among its server's loops, from 0.
  public let index: Int
  let mailbox: Mailbox
  let poller: Poller
  /// Open connections; read by the accepting loop to place new ones.
  let connectionCount = Atomic<Int>(0)

  private var timers = TimerQueue()
  private var thread: pthread_t?
  private var isStopping = false
  private var endOfTick: [() -> Void] = []

  private(set) var daemons: DaemonGroup!
  private var connections = ConnectionTable()
  let streams = StreamTable()
  /// Descriptors that others watch through this loop.
  var watches = WatchTable()
  /// By place, which events name; nil where one was closed.
  private(set) var listeners: [Listener?] = []
  private(set) var application: (any Application)?
  private(set) var options = ServerOptions()

  /// The identity that connections are encrypted with; nil for plain HTTP.
  let tls: TLSIdentity?

  init(index: Int, tls: TLSIdentity?) throws(ServerError) {
    self.index = index
    self.tls = tls
    mailbox = try Mailbox()
    poller = try Poller()
    poller.add(mailbox.fd, .readable, token: EventToken.mailbox.encoded)
  }

  /// True on the loop's own thread.
  public var isCurrent: Bool { thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }

  /// Runs `work` on the loop's thread; from any thread.
  public func execute(_ work: @escaping @Sendable () -> Void) { mailbox.post(work) }

  /// A timer that runs `action` on this loop.
  public func makeTimer(_ action: @escaping () -> Void) -> LoopTimer { LoopTimer(action: action) }

  /// Arms `timer` for `deadline`, replacing its earlier one; nil disarms it.
  public func set(_ timer: LoopTimer, to deadline: MonotonicTime?) { timers.set(timer, to: deadline) }

  /// Runs `action` at the end of every turn of the loop, after all events and timers of the turn.
  public func atEndOfTick(_ action: @escaping () -> Void) { endOfTick.append(action) }

  // MARK: - Life

  /// Makes the daemons and the application; on the loop's thread.
  func prepare(options: ServerOptions, makeApplication: (EventLoop) -> any Application) throws(ServerError) {
    thread = pthread_self()
    self.options = options
    daemons = try DaemonGroup(loop: self, options: options)
    application = makeApplication(self)
  }

  func run() {
    let sweep = makeTimer { [unowned self] in sweepConnections() }
    self.sweep = sweep
    while !isStopping {
      let now = Clock.monotonic
      let timeout: Int64? =
        daemons.hasDirty || streams.hasPending ? 0 : timers.next.map { max(0, $0 - now) }
      poller.wait(timeout: timeout) { handle($0) }
      let woken = Clock.monotonic
      while let timer = timers.popDue(at: woken) { timer.action() }
      streams.flushPending()
      daemons.runDirty()
      for action in endOfTick { action() }
      streams.flushPending()
    }
    shutDown()
  }

  private var sweep: LoopTimer?
  private var lastPath = ""

  /// Starts accepting on this loop; on the loop's thread.
  func listen(_ listener: Listener) {
    if let free = listeners.firstIndex(where: { $0 == nil }) {
      listeners[free] = listener
    } else {
      listeners.append(listener)
    }
    listener.watch(on: self)
  }

  /// Closes the listener of that tag; connections that came through it stay. On the loop's thread.
  func stopListening(tag: Int) {
    for index in listeners.indices where listeners[index]?.tag == tag {
      listeners[index]?.unwatch(on: self)
      listeners[index] = nil
    }
  }

  /// The tag of the listener that a connection came through.
  func listener(of fd: Int32) -> Int { connections.listener(of: fd) }

  /// Ends the loop after its current turn; on the loop's thread.
  func stop() { isStopping = true }

  private func shutDown() {
    for listener in listeners { listener?.unwatch(on: self) }
    listeners = []
    // libmicrohttpd aborts the process when a daemon stops with suspended connections, so all are resumed first.
    streams.abortAll()
    daemons.stop()
    application = nil
    endOfTick = []
    watches.removeAll()
  }

  // MARK: - Events

  private func handle(_ ready: Readiness) {
    switch EventToken(encoded: ready.token) {
    case .mailbox:
      for job in mailbox.takeAll() { job() }
    case .listener(let index):
      if index < listeners.count { listeners[index]?.acceptAll(on: self) }
    case .daemon(let index):
      daemons.markDirty(index)
    case .stream(let slot, let generation):
      guard let exchange = streams.exchange(slot: slot, generation: generation) else { return }
      if ready.isHangUp { exchange.abort() } else if ready.isWritable { exchange.becameWritable() }
    case .watch(let slot, let generation):
      if let (handler, descriptor) = watches.handler(slot: slot, generation: generation) {
        handler(descriptor, ready.events)
      }
    }
  }

  // MARK: - Connections

  /// Takes over a socket that was accepted by the listener of that tag.
  func adopt(_ fd: Int32, from listener: Int, address: UnsafeRawPointer?, length: UInt32) {
    connectionCount.add(1, ordering: .relaxed)
    connections.arrived(fd, through: listener)
    if !daemons.add(fd, address: address, length: length) {
      connectionCount.subtract(1, ordering: .relaxed)
      close(fd)
    }
  }

  /// The text of a request's path; most requests have the same one as the request before.
  func path(_ text: UnsafePointer<CChar>) -> String {
    let isKnown = lastPath.withCString { strcmp($0, text) == 0 }
    if !isKnown { lastPath = String(cString: text) }
    return lastPath
  }

  func connectionOpened(_ fd: Int32) {
    if connections.opened(fd, at: Clock.monotonic), let sweep {
      set(sweep, to: Clock.monotonic + ConnectionTable.sweepInterval)
    }
  }

  func connectionClosed(_ fd: Int32) {
    connections.closed(fd)
    connectionCount.subtract(1, ordering: .relaxed)
  }

  func connectionIsReceiving(_ fd: Int32, at now: MonotonicTime) { connections.receiving(fd, at: now) }
  func connectionIsServing(_ fd: Int32) { connections.serving(fd) }
  func connectionIsIdle(_ fd: Int32, at now: MonotonicTime) { connections.idle(fd, since: now) }

  /// Closes connections that drip a request without end, and lets libmicrohttpd expire idle ones.
  private func sweepConnections() {
    let now = Clock.monotonic
    connections.overdue(at: now, options: options) { fd in shutdown(fd, Int32(SHUT_RDWR)) }
    streams.abortStalled(before: now - options.stalledReaderTimeout)
    daemons.markAllDirty()
    // The allocator keeps what a crowd of connections has freed unless it is told.
    if connections.settle() { malloc_trim(0) }
    if connections.count > 0, let sweep { set(sweep, to: now + ConnectionTable.sweepInterval) }
  }
}

/// Who an event is for, packed into the 64 bits that a poller carries.
enum EventToken {
  case mailbox
  case listener(Int)
  case daemon(Int)
  case stream(slot: Int, generation: UInt32)
  case watch(slot: Int, generation: UInt32)

  var encoded: UInt64 {
    switch self {
    case .mailbox: 0
    case .listener(let index): 1 << 56 | UInt64(index)
    case .daemon(let index): 2 << 56 | UInt64(index)
    case .stream(let slot, let generation): 3 << 56 | UInt64(generation & 0xFF_FFFF) << 32 | UInt64(slot)
    case .watch(let slot, let generation): 4 << 56 | UInt64(generation & 0xFF_FFFF) << 32 | UInt64(slot)
    }
  }

  init(encoded: UInt64) {
    let low = Int(encoded & 0xFFFF_FFFF)
    switch encoded >> 56 {
    case 0: self = .mailbox
    case 1: self = .listener(low)
    case 2: self = .daemon(low)
    case 3: self = .stream(slot: low, generation: UInt32(truncatingIfNeeded: encoded >> 32) & 0xFF_FFFF)
    default: self = .watch(slot: low, generation: UInt32(truncatingIfNeeded: encoded >> 32) & 0xFF_FFFF)
    }
  }
}
