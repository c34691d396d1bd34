internal import CLinux
internal import Glibc

/// Accepts connections on one loop; `place` decides which loop serves them.
final class Listener {
  let socket: ListeningSocket
  /// What the server calls it.
  let tag: Int
  private let place: (Int32, UnsafeRawPointer, UInt32) -> Void
  private var retry: LoopTimer?

  init(_ socket: ListeningSocket, tag: Int, place: @escaping (Int32, UnsafeRawPointer, UInt32) -> Void) {
    self.socket = socket
    self.tag = tag
    self.place = place
  }

  /// Accepts everything that is waiting.
  func acceptAll(on loop: EventLoop) {
    // A bound per turn keeps a flood of connections from starving the streams.
    for _ in 0..<256 {
      var storage = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let accepted = understudy_accept(socket.fd, &storage, &length)
      guard accepted >= 0 else {
        if errno == EMFILE || errno == ENFILE || errno == ENOMEM { pause(on: loop) }
        if errno == EINTR || errno == ECONNABORTED { continue }
        return
      }
      if case .tcp = socket.address {
        var on: Int32 = 1
        setsockopt(accepted, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
      }
      withUnsafeBytes(of: &storage) { place(accepted, $0.baseAddress!, length) }
    }
  }

  /// Out of descriptors: looks away for a moment instead of spinning on a socket that stays ready.
  private func pause(on loop: EventLoop) {
    loop.poller.remove(socket.fd)
    let timer = retry ?? loop.makeTimer { [weak self, unowned loop] in self?.watch(on: loop) }
    retry = timer
    loop.set(timer, to: Clock.monotonic + 50_000_000)
  }

  func watch(on loop: EventLoop) {
    guard let index = loop.listeners.firstIndex(where: { $0 === self }) else { return }
    loop.poller.add(socket.fd, .readable, token: EventToken.listener(index).encoded)
  }

  func unwatch(on loop: EventLoop) {
    if let retry { loop.set(retry, to: nil) }
    loop.poller.remove(socket.fd)
  }
}
