import Glibc
import HTTPServer
import Synchronization

/// A blocking loopback connection that shows every byte.
final class RemoteSocket {
  private let fd: Int32

  init(_ fd: Int32) {
    self.fd = fd
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  convenience init(port: Int) {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let code = withLoopback(port) { connect(fd, $0, $1) }
    precondition(code == 0, "connect failed: \(errno)")
    self.init(fd)
  }

  deinit { close(fd) }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.send(fd, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Sends a request with HTTP/1.1's framing.
  func request(_ method: String, _ path: String, _ headers: [String] = [], body: String = "") {
    let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
    send(
      ([("\(method) \(path) HTTP/1.1"), "Host: front"] + headers + length).joined(separator: "\r\n") + "\r\n\r\n" + body
    )
  }

  /// Reads until `end` has arrived, or without one the peer closes, or twenty seconds have passed.
  func read(until end: String? = nil) -> String {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while end.map({ !String(decoding: text, as: UTF8.self).contains($0) }) ?? true {
      let count = recv(fd, &buffer, buffer.count, 0)
      if count <= 0 { break }
      text.append(contentsOf: buffer[0..<count])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads and counts until the peer closes.
  func countToEnd(of byte: UInt8) -> Int {
    var total = 0
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(fd, &buffer, buffer.count, 0)
      if count <= 0 { return total }
      for index in 0..<count where buffer[index] == byte { total += 1 }
    }
  }
}

/// A server that reads a request's head, says something, and closes.
final class RemoteRawServer: Sendable {
  let port: Int
  private let listener: Int32

  init(_ answer: String) {
    let (fd, port) = Self.listen()
    listener = fd
    self.port = port
    let said = Mutex(answer)
    Thread {
      while true {
        let connection = accept(fd, nil, nil)
        guard connection >= 0 else { return }
        let socket = RemoteSocket(connection)
        _ = socket.read(until: "\r\n\r\n")
        socket.send(said.withLock { $0 })
      }
    }.detach()
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// A port that nobody listens on.
  static func closedPort() -> Int {
    let (fd, port) = listen()
    close(fd)
    return port
  }

  private static func listen() -> (Int32, Int) {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    precondition(withLoopback(0) { bind(fd, $0, $1) } == 0 && Glibc.listen(fd, 64) == 0)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(fd, $0, &length) }
    }
    return (fd, Int(UInt16(bigEndian: address.sin_port)))
  }
}

private func withLoopback(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = in_port_t(UInt16(port).bigEndian)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
  }
}
