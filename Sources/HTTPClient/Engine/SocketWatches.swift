internal import HTTPServer

/// The sockets that curl wants watched.
///
/// A kept connection is watched for the answer of every call and left alone in between. So that this costs nothing, the
/// poller goes on watching it, for events that are not expected; it stops at the first that comes all the same.
struct SocketWatches {
  private struct Entry {
    var token: WatchToken?
    var events: DescriptorEvents = []
    /// Watched by the poller, though curl does not want it.
    var isMuted = false
    /// A socket whose end `closed` will tell; of others curl tells nothing but that they need not be watched any more.
    var isConnection = false
  }

  /// By descriptor.
  private var entries: [Entry] = []

  /// A connection's socket has been made.
  mutating func opened(_ socket: Int32) {
    makeRoom(for: socket)
    entries[Int(socket)] = Entry(isConnection: true)
  }

  /// A connection's socket is about to be closed.
  mutating func closed(_ socket: Int32, on loop: EventLoop) {
    guard Int(socket) < entries.count else { return }
    forget(socket, on: loop)
    entries[Int(socket)].isConnection = false
  }

  /// Watches `socket` for `events` and nothing else.
  mutating func watch(
    _ socket: Int32, for events: DescriptorEvents, on loop: EventLoop,
    _ handler: @escaping (Int32, DescriptorEvents) -> Void
  ) {
    makeRoom(for: socket)
    let index = Int(socket)
    if let token = entries[index].token {
      if entries[index].events != events { loop.change(token, to: events) }
    } else {
      entries[index].token = loop.watch(socket, for: events, handler)
    }
    entries[index].events = events
    entries[index].isMuted = false
  }

  /// Watches `socket` no longer.
  mutating func unwatch(_ socket: Int32, on loop: EventLoop) {
    guard Int(socket) < entries.count else { return }
    if entries[Int(socket)].isConnection { entries[Int(socket)].isMuted = true } else { forget(socket, on: loop) }
  }

  /// True when curl wants to know that the watched `socket` is ready.
  mutating func wantsEvent(of socket: Int32, on loop: EventLoop) -> Bool {
    guard entries[Int(socket)].isMuted else { return true }
    forget(socket, on: loop)
    return false
  }

  /// Watches nothing any more.
  mutating func removeAll(from loop: EventLoop) {
    for socket in entries.indices { forget(Int32(socket), on: loop) }
    entries = []
  }

  private mutating func forget(_ socket: Int32, on loop: EventLoop) {
    if let token = entries[Int(socket)].token { loop.unwatch(token) }
    entries[Int(socket)].token = nil
    entries[Int(socket)].isMuted = false
  }

  private mutating func makeRoom(for socket: Int32) {
    while entries.count <= Int(socket) { entries.append(Entry()) }
  }
}
