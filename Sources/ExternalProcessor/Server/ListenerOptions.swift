/// Where and how a server listens.
public struct ListenerOptions: Sendable {
  /// An IP address; `::` takes IPv4 too where the system does so.
  public var host: String
  /// 0 for any free port.
  public var port: Int
  /// Plaintext or TLS.
  public var security: ServerSecurity
  /// How many threads serve, each with its share of the connections; at least 1.
  public var threads: Int

  /// Listens on every address, with one thread, unless told otherwise.
  public init(host: String = "0.0.0.0", port: Int, security: ServerSecurity, threads: Int = 1) {
    self.host = host
    self.port = port
    self.security = security
    self.threads = threads
  }
}
