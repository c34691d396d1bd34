import Glibc

/// A blocking loopback client that shows every byte.
final class RawClient {
  private let fd: Int32

  init(port: Int) {
    fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    precondition(code == 0, "connect failed: \(errno)")
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { hangUp() }

  private var isOpen = true

  func hangUp() {
    if isOpen { close(fd) }
    isOpen = false
  }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.send(fd, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Reads until `end` has arrived, the peer closes, or ten seconds have passed.
  func read(until end: String) -> String {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while !String(decoding: text, as: UTF8.self).contains(end) {
      let count = recv(fd, &buffer, buffer.count, 0)
      if count <= 0 { break }
      text.append(contentsOf: buffer[0..<count])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// True when the peer closes within ten seconds.
  func isClosedByPeer() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(fd, &buffer, buffer.count, 0)
      if count == 0 { return true }
      if count < 0 { return errno == ECONNRESET }
    }
  }
}
