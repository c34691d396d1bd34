/// How a client treats connections and answers.
public struct HTTPClientOptions: Sendable {
  /// How many connections without a call are kept for later ones, to all servers together; a sixteenth more when many
  /// calls end at the same time.
  public var maxIdleConnections = 1_024
  /// A connection that takes longer to open fails; nanoseconds, rounded up to milliseconds.
  public var connectTimeout: Int64 = 5_000_000_000
  /// An answer whose status line and headers have more bytes than this is refused.
  public var maxHeadBytes = 64 << 10
  /// A connection on which nothing has come for this long is probed, and fails when the probes get no answer either;
  /// nanoseconds, rounded up to seconds. Nil: it may be silent for ever.
  public var keepAliveInterval: Int64?
  /// Whose certificates to trust and what to show to servers.
  public var tls = ClientTLS()

  /// The defaults.
  public init() {}
}
