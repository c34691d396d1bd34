internal import CLinux
internal import Glibc

/// Accepts connections on one loop; `place` decides which loop serves them.
final class Listener {
  let socket: ListeningSocket
  private let place: (Int32, UnsafeRawPointer, UInt32) -> Void
  private var retry: LoopTimer?

  init(_ socket: ListeningSocket, place: @escaping (Int32, UnsafeRawPointer, UInt32) -> Void) {
    self.socket = socket
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
    let timer = retry ?? loop.makeTimer { [unowned self, unowned loop] in watch(on: loop) }
    retry = timer
    loop.set(timer, to: Clock.monotonic + 50_000_000)
  }

  func watch(on loop: EventLoop) {
    let index = loop.listeners.firstIndex { $0 === self } ?? 0
    loop.poller.add(socket.fd, .readable, token: EventToken.listener(index).encoded)
  }
}
