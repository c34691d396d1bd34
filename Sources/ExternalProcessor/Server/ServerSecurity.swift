/// How gateways connect.
public enum ServerSecurity: Sendable {
  /// Without TLS.
  case plaintext
  /// With a certificate chain and its key, PEM.
  case tls(certificate: String, key: String)
  /// With those of two PEM files; when `reloads`, the files' present content counts for each new connection.
  ///
  /// Files that have changed and cannot be used, or do not fit together, leave the old ones in force.
  case files(certificate: String, key: String, reloads: Bool)
}
