internal import CLinux
internal import Glibc

extension Exchange {
  /// The connection comes from this machine: from 127.0.0.0/8, ::1, or a Unix socket. False when that is unknown.
  ///
  /// A proxy on this machine looks the same; what it says of its own client is for the application to read.
  public var isFromLoopback: Bool {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    guard understudy_peer_address(fd, &storage, &length) == 0 else { return false }
    let family = Int32(storage.ss_family)
    return withUnsafeBytes(of: &storage) { bytes in
      switch family {
      case AF_UNIX: return true
      case AF_INET: return UInt32(bigEndian: bytes.load(as: sockaddr_in.self).sin_addr.s_addr) >> 24 == 127
      case AF_INET6:
        let address = bytes.load(as: sockaddr_in6.self).sin6_addr
        return withUnsafeBytes(of: address) { LoopbackAddress.contains($0) }
      default: return false
      }
    }
  }
}

/// The IPv6 addresses that mean this machine.
enum LoopbackAddress {
  /// ::1, or 127.0.0.0/8 as an IPv4-mapped address (RFC 4291, 2.5.3 and 2.5.5.2); `bytes` are 16.
  static func contains(_ bytes: some Collection<UInt8>) -> Bool {
    let bytes = Array(bytes)
    guard bytes.count == 16, bytes[..<10].allSatisfy({ $0 == 0 }) else { return false }
    if bytes[10] == 0xFF, bytes[11] == 0xFF { return bytes[12] == 127 }
    return bytes[10..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
  }
}
