/// When each connection began to wait for (the rest of) a request, by socket.
///
/// libmicrohttpd's timeout sees only inactivity, so a client that sends a byte now and then would hold a connection for
/// ever; this table bounds the total.
struct ConnectionTable {
  static let sweepInterval: MonotonicTime = 1_000_000_000

  private enum State {
    case closed
    case idle(since: MonotonicTime)
    case receiving(since: MonotonicTime)
    case serving
  }

  private var states: [State] = []
  /// Which listener each connection came through.
  private var listeners: [Int] = []
  private(set) var count = 0
  /// The most connections since `settle` last said that they have gone.
  private var peak = 0

  /// True when this is the first open connection.
  mutating func opened(_ fd: Int32, at now: MonotonicTime) -> Bool {
    while states.count <= Int(fd) { states.append(.closed) }
    states[Int(fd)] = .idle(since: now)
    count += 1
    peak = max(peak, count)
    return count == 1
  }

  /// Says which listener the connection came through; before `opened`.
  mutating func arrived(_ fd: Int32, through listener: Int) {
    while listeners.count <= Int(fd) { listeners.append(0) }
    listeners[Int(fd)] = listener
  }

  /// Which listener the connection came through.
  func listener(of fd: Int32) -> Int { Int(fd) < listeners.count ? listeners[Int(fd)] : 0 }

  mutating func closed(_ fd: Int32) {
    guard Int(fd) < states.count, case let state = states[Int(fd)] else { return }
    if case .closed = state { return }
    states[Int(fd)] = .closed
    count -= 1
  }

  mutating func receiving(_ fd: Int32, at now: MonotonicTime) { set(fd, .receiving(since: now)) }
  mutating func serving(_ fd: Int32) { set(fd, .serving) }
  mutating func idle(_ fd: Int32, since now: MonotonicTime) { set(fd, .idle(since: now)) }

  private mutating func set(_ fd: Int32, _ state: State) {
    guard fd >= 0, Int(fd) < states.count else { return }
    if case .closed = states[Int(fd)] { return }
    states[Int(fd)] = state
  }

  /// True once after a crowd of connections has gone.
  mutating func settle() -> Bool {
    guard peak >= 512, count < peak / 4 else { return false }
    peak = count
    return true
  }

  /// Calls `close` for every connection that has waited longer than `options` allow.
  func overdue(at now: MonotonicTime, options: ServerOptions, close: (Int32) -> Void) {
    for (fd, state) in states.enumerated() {
      switch state {
      case .idle(let since) where now - since > options.idleTimeout: close(Int32(fd))
      case .receiving(let since) where now - since > options.requestTimeout: close(Int32(fd))
      default: break
      }
    }
  }
}
