import Glibc
import HTTPServer
import Synchronization

/// A blocking loopback server that says exactly what a test wants; one thread per connection.
final class RawServer: Sendable {
  let port: Int
  private let listener: Int32
  private let accepted = Mutex(0)

  /// `serve` is called for each connection, on a thread of its own; the connection is closed when it returns.
  init(_ serve: @escaping @Sendable (RawConnection) -> Void) {
    let (fd, port) = Self.listen()
    listener = fd
    self.port = port
    Thread { [weak self] in
      while true {
        let socket = accept(fd, nil, nil)
        guard socket >= 0 else { return }
        self?.accepted.withLock { $0 += 1 }
        Thread { serve(RawConnection(socket)) }.detach()
      }
    }.detach()
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  var url: String { "http://127.0.0.1:\(port)" }

  /// How many connections have been opened.
  var connections: Int { accepted.withLock { $0 } }

  /// A port that nobody listens on.
  static func closedPort() -> Int {
    let (fd, port) = listen()
    close(fd)
    return port
  }

  fileprivate static func listen(backlog: Int32 = 512) -> (Int32, Int) {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        precondition(bind(fd, $0, length) == 0 && Glibc.listen(fd, backlog) == 0)
        getsockname(fd, $0, &length)
      }
    }
    return (fd, Int(UInt16(bigEndian: address.sin_port)))
  }
}

/// A port whose queue of connections is full, so that the system answers no more of them.
final class DeafPort {
  let port: Int
  private var sockets: [Int32]

  init() {
    let (listener, port) = RawServer.listen(backlog: 0)
    self.port = port
    sockets = [listener]
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    for _ in 0..<4 {
      let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
      withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      sockets.append(fd)
    }
  }

  deinit { for fd in sockets { close(fd) } }
}

/// The server's side of one connection.
final class RawConnection {
  private let fd: Int32
  private var unread: [UInt8] = []

  init(_ fd: Int32) {
    self.fd = fd
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(fd) }

  /// The head of the next request, without a body; nil when the client has closed.
  func readHead() -> String? {
    while true {
      let text = String(decoding: unread, as: UTF8.self)
      if let end = text.firstRange(of: "\r\n\r\n") {
        let head = String(text[..<end.upperBound])
        unread.removeFirst(head.utf8.count)
        return head
      }
      var buffer = [UInt8](repeating: 0, count: 65_536)
      let count = recv(fd, &buffer, buffer.count, 0)
      if count <= 0 { return nil }
      unread.append(contentsOf: buffer[0..<count])
    }
  }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.send(fd, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// True when the client closes within a minute.
  func isClosedByPeer() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(fd, &buffer, buffer.count, 0)
    return count == 0 || (count < 0 && errno == ECONNRESET)
  }
}
