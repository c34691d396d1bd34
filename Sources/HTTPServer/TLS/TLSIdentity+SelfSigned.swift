internal import CGnuTLS
internal import Glibc

extension TLSIdentity {
  /// A fresh ECDSA P-256 certificate, valid for ten years, for `localhost`, loopback addresses and `hostName`.
  public static func selfSigned(hostName: String?) throws(ServerError) -> TLSIdentity {
    var key: gnutls_x509_privkey_t?
    try check(gnutls_x509_privkey_init(&key), "key")
    defer { gnutls_x509_privkey_deinit(key) }
    try check(gnutls_x509_privkey_generate(key, understudy_gnutls_ecdsa, understudy_curve_p256, 0), "key")

    var certificate: gnutls_x509_crt_t?
    try check(gnutls_x509_crt_init(&certificate), "certificate")
    defer { gnutls_x509_crt_deinit(certificate) }
    let now = time(nil)
    let subject = "O=Understudy,CN=\(hostName ?? "localhost")"
    try check(gnutls_x509_crt_set_version(certificate, 3), "version")
    try check(gnutls_x509_crt_set_dn(certificate, subject, nil), "subject")
    var serial = (0..<16).map { _ in UInt8.random(in: 1...127) }
    try check(gnutls_x509_crt_set_serial(certificate, &serial, serial.count), "serial")
    try check(gnutls_x509_crt_set_activation_time(certificate, now - 3600), "activation time")
    try check(gnutls_x509_crt_set_expiration_time(certificate, now + 3650 * 86_400), "expiration time")
    for name in ["localhost"] + (hostName.map { [$0] } ?? []) {
      try check(
        gnutls_x509_crt_set_subject_alt_name(
          certificate, GNUTLS_SAN_DNSNAME, name, UInt32(name.utf8.count), UInt32(GNUTLS_FSAN_APPEND)), "name")
    }
    for address: [UInt8] in [[127, 0, 0, 1], [UInt8](repeating: 0, count: 15) + [1]] {
      try check(
        gnutls_x509_crt_set_subject_alt_name(
          certificate, GNUTLS_SAN_IPADDRESS, address, UInt32(address.count), UInt32(GNUTLS_FSAN_APPEND)), "address")
    }
    try check(gnutls_x509_crt_set_key(certificate, key), "key")
    try check(gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0), "signature")

    return TLSIdentity(
      certificate: try pem { gnutls_x509_crt_export(certificate, GNUTLS_X509_FMT_PEM, $0, $1) },
      key: try pem { gnutls_x509_privkey_export(key, GNUTLS_X509_FMT_PEM, $0, $1) })
  }

  private static func pem(_ export: (UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>) -> Int32)
    throws(ServerError) -> String
  {
    var size = 16 << 10
    var bytes = [UInt8](repeating: 0, count: size)
    // Unsafe: GnuTLS writes at most `size` bytes and sets `size` to what it wrote.
    let code = bytes.withUnsafeMutableBytes { export($0.baseAddress, &size) }
    try check(code, "PEM export")
    return String(decoding: bytes[0..<size], as: UTF8.self)
  }

  private static func check(_ code: Int32, _ what: String) throws(ServerError) {
    guard code >= 0 else {
      throw .tls("cannot make a self-signed certificate (\(what)): \(String(cString: gnutls_strerror(code)))")
    }
  }
}
