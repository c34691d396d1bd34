import CGnuTLS
import Glibc
import HTTPServer
import Synchronization

/// A blocking TLS server that asks for a certificate, and answers each connection with what it was shown.
final class TLSServer: Sendable {
  let port: Int
  private let listener: Int32

  init(_ identity: TLSIdentity) {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        _ = bind(fd, pointer, length)
        _ = listen(fd, 16)
        _ = getsockname(fd, pointer, &length)
      }
    }
    listener = fd
    port = Int(UInt16(bigEndian: address.sin_port))
    // Each connection in turn: a test makes few.
    Thread { while Self.serve(accept(fd, nil, nil), identity) {} }.detach()
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  var url: String { "https://127.0.0.1:\(port)/" }

  /// False when there is no connection any more.
  private static func serve(_ socket: Int32, _ identity: TLSIdentity) -> Bool {
    guard socket >= 0 else { return false }
    defer { close(socket) }
    var credentials: gnutls_certificate_credentials_t?
    gnutls_certificate_allocate_credentials(&credentials)
    defer { gnutls_certificate_free_credentials(credentials) }
    withDatum(identity.certificate) { certificate in
      withDatum(identity.key) { key in
        _ = gnutls_certificate_set_x509_key_mem(credentials, certificate, key, GNUTLS_X509_FMT_PEM)
      }
    }
    var session: gnutls_session_t?
    gnutls_init(&session, UInt32(1))  // GNUTLS_SERVER
    defer { gnutls_deinit(session) }
    gnutls_set_default_priority(session)
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(credentials))
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST)
    gnutls_transport_set_int2(session, socket, socket)
    var code: Int32 = 0
    repeat { code = gnutls_handshake(session) } while code < 0 && gnutls_error_is_fatal(code) == 0
    guard code == 0 else { return true }
    var head = [UInt8](repeating: 0, count: 4096)
    _ = gnutls_record_recv(session, &head, head.count)
    var count: UInt32 = 0
    let list = gnutls_certificate_get_peers(session, &count)
    let shown = list.map { [UInt8](UnsafeBufferPointer(start: $0.pointee.data, count: Int($0.pointee.size))) } ?? []
    let body = "\(count) certificates, sum \(shown.reduce(0) { $0 &+ Int($1) })"
    let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)".utf8)
    _ = gnutls_record_send(session, answer, answer.count)
    gnutls_bye(session, GNUTLS_SHUT_WR)
    return true
  }

  private static func withDatum(_ text: String, _ body: (UnsafePointer<gnutls_datum_t>) -> Void) {
    var bytes = Array(text.utf8)
    bytes.withUnsafeMutableBufferPointer {
      var datum = gnutls_datum_t(data: $0.baseAddress, size: UInt32($0.count))
      body(&datum)
    }
  }

  /// What it says of a client that shows `identity`.
  static func answer(to identity: TLSIdentity) -> String {
    let lines = identity.certificate.split(separator: "\n").filter { !$0.hasPrefix("-") }
    let sum = decode(lines.joined()).reduce(0) { $0 &+ Int($1) }
    return "1 certificates, sum \(sum)"
  }

  private static func decode(_ base64: String) -> [UInt8] {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var bits = 0
    var count = 0
    var bytes: [UInt8] = []
    for byte in base64.utf8 {
      guard let digit = digits.firstIndex(of: byte) else { continue }
      bits = (bits << 6 | digit) & 0xFFFF
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(bits >> count & 0xFF))
      }
    }
    return bytes
  }
}
