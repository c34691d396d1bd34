internal import CLinux
internal import Glibc

/// A socket that listens; closed, and its file removed, with its last reference.
public final class ListeningSocket: Sendable {
  let fd: Int32
  /// The address as bound: a port of 0 has become the real one.
  public let address: ListenAddress

  /// Listens on `address`; throws `ServerError.listen` naming the address and the reason.
  public init(_ address: ListenAddress) throws(ServerError) { (fd, self.address) = try Self.open(address) }

  deinit {
    close(fd)
    if case .unix(let path) = address { unlink(path) }
  }

  private static func open(_ address: ListenAddress) throws(ServerError) -> (Int32, ListenAddress) {
    switch address {
    case .unix(let path): return (try openUnix(path), address)
    case .tcp(let host, let port):
      let fd = try openTCP(host: host, port: port, address)
      return (fd, .tcp(host: host, port: boundPort(fd) ?? port))
    }
  }

  private static func openTCP(host: String?, port: Int, _ address: ListenAddress) throws(ServerError) -> Int32 {
    guard (0...65535).contains(port) else { throw .listen(address: address.description, reason: "no such port") }
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE
    var list: UnsafeMutablePointer<addrinfo>?
    // "::" takes IPv4 too; a machine without IPv6 gets "0.0.0.0" below.
    let code = getaddrinfo(host ?? "::", String(port), &hints, &list)
    guard code == 0, let first = list else {
      if host == nil { return try openTCP(host: "0.0.0.0", port: port, address) }
      throw .listen(address: address.description, reason: String(cString: gai_strerror(code)))
    }
    defer { freeaddrinfo(list) }
    let info = first.pointee
    let fd = socket(info.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if fd < 0, host == nil { return try openTCP(host: "0.0.0.0", port: port, address) }
    guard fd >= 0 else { throw .system("socket", errno) }
    var on: Int32 = 1
    var off: Int32 = 0
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    if host == nil, info.ai_family == AF_INET6 {
      setsockopt(fd, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, socklen_t(MemoryLayout<Int32>.size))
    }
    guard understudy_bind(fd, info.ai_addr, info.ai_addrlen) == 0, listen(fd, 4096) == 0 else {
      let reason = errno
      close(fd)
      if host == nil, reason == EADDRNOTAVAIL { return try openTCP(host: "0.0.0.0", port: port, address) }
      throw .listen(address: address.description, reason: String(cString: strerror(reason)))
    }
    return fd
  }

  private static func openUnix(_ path: String) throws(ServerError) -> Int32 {
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let capacity = MemoryLayout.size(ofValue: name.sun_path)
    guard !bytes.isEmpty, bytes.count < capacity else {
      throw .listen(
        address: "unix:\(path)", reason: "a socket's path has 1 to \(capacity - 1) bytes, got \(bytes.count)")
    }
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
    let fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard fd >= 0 else { throw .system("socket", errno) }
    removeStaleSocket(path, name)
    guard understudy_bind(fd, &name, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0, listen(fd, 4096) == 0 else {
      let reason = errno
      close(fd)
      throw .listen(address: "unix:\(path)", reason: String(cString: strerror(reason)))
    }
    return fd
  }

  /// Removes a socket file that nobody listens on any more; leaves a living one, and any other file, so that binding
  /// says "in use".
  private static func removeStaleSocket(_ path: String, _ name: sockaddr_un) {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return }
    var name = name
    let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard probe >= 0 else { return }
    defer { close(probe) }
    if understudy_connect(probe, &name, socklen_t(MemoryLayout<sockaddr_un>.size)) != 0, errno == ECONNREFUSED {
      unlink(path)
    }
  }

  private static func boundPort(_ fd: Int32) -> Int? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    guard understudy_local_address(fd, &storage, &length) == 0 else { return nil }
    let family = Int32(storage.ss_family)
    return withUnsafeBytes(of: &storage) { bytes in
      switch family {
      case AF_INET: Int(UInt16(bigEndian: bytes.load(as: sockaddr_in.self).sin_port))
      case AF_INET6: Int(UInt16(bigEndian: bytes.load(as: sockaddr_in6.self).sin6_port))
      default: nil
      }
    }
  }
}
