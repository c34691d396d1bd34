internal import Glibc

/// A TCP socket that listens. Whoever takes the descriptor closes it.
struct ListeningSocket {
  let descriptor: Int32
  let port: Int

  /// Listens on an IP address; on a port of 0, on any that is free.
  ///
  /// - Parameter isShared: other sockets with this set may listen on the same port, and get a share of the connections.
  /// - Throws: `ExternalProcessorError.listening`.
  init(host: String, port: Int, isShared: Bool) throws(ExternalProcessorError) {
    let place = "\(host) port \(port)"
    guard let service = UInt16(exactly: port) else { throw .listening("cannot listen on \(place): no such port") }
    guard var address = SocketAddress(host: host, port: service) else {
      throw .listening("cannot listen on \(place): not an IP address")
    }
    let descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .listening("cannot listen on \(place): \(Self.reason)") }
    Self.enable(SO_REUSEADDR, SOL_SOCKET, on: descriptor)
    if isShared { Self.enable(SO_REUSEPORT, SOL_SOCKET, on: descriptor) }
    let isListening =
      address.withPointer { bind(descriptor, $0, $1) } == 0 && listen(descriptor, 4096) == 0
      && address.withPointer { getsockname(descriptor, $0, &$1) } == 0
    guard isListening else {
      let reason = Self.reason
      close(descriptor)
      throw .listening("cannot listen on \(place): \(reason)")
    }
    self.descriptor = descriptor
    self.port = Int(address.port)
  }

  private static var reason: String { String(cString: strerror(errno)) }

  private static func enable(_ option: Int32, _ level: Int32, on descriptor: Int32) {
    var yes: Int32 = 1
    setsockopt(descriptor, level, option, &yes, socklen_t(MemoryLayout<Int32>.size))
  }
}

/// An IPv4 or IPv6 address with a port.
private struct SocketAddress {
  private var storage = sockaddr_storage()

  init?(host: String, port: UInt16) {
    var four = sockaddr_in()
    var six = sockaddr_in6()
    if inet_pton(AF_INET, host, &four.sin_addr) == 1 {
      four.sin_family = sa_family_t(AF_INET)
      four.sin_port = port.bigEndian
      copy(four)
    } else if inet_pton(AF_INET6, host, &six.sin6_addr) == 1 {
      six.sin6_family = sa_family_t(AF_INET6)
      six.sin6_port = port.bigEndian
      copy(six)
    } else {
      return nil
    }
  }

  var family: Int32 { Int32(storage.ss_family) }

  var port: UInt16 {
    // Unsafe: both kinds of address have their port at this offset, within the storage.
    withUnsafeBytes(of: storage) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
  }

  /// Lends the address in the form that system calls want.
  mutating func withPointer<Result>(_ body: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> Result) -> Result {
    var size =
      family == AF_INET ? socklen_t(MemoryLayout<sockaddr_in>.size) : socklen_t(MemoryLayout<sockaddr_in6>.size)
    // Unsafe: the storage is made to be seen as any kind of address.
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &size) }
    }
  }

  private mutating func copy<Address>(_ address: Address) {
    // Unsafe: the storage is larger than any address.
    withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: Address.self) }
  }
}
