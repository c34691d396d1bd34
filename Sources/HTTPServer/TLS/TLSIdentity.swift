internal import Files

/// A certificate chain and its key, PEM.
public struct TLSIdentity: Sendable {
  /// The chain, the server's own certificate first.
  public var certificate: String
  /// The private key of the first certificate.
  public var key: String

  /// An identity from PEM text.
  public init(certificate: String, key: String) {
    self.certificate = certificate
    self.key = key
  }

  /// Reads both files; throws `ServerError.tls` naming the one that can't be read.
  public static func files(certificate: String, key: String) throws(ServerError) -> TLSIdentity {
    TLSIdentity(certificate: try read(certificate), key: try read(key))
  }

  private static func read(_ path: String) throws(ServerError) -> String {
    guard let bytes = try? WholeFile.read(path, limit: 1 << 20), !bytes.isEmpty else {
      throw .tls("cannot read the TLS file \(path)")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
