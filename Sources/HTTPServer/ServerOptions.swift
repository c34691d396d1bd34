/// How a server treats connections.
public struct ServerOptions: Sendable {
  /// Bodies above this many bytes are answered 413.
  public var maxBodyBytes = 4 << 20
  /// libmicrohttpd's memory per connection, in bytes: request headers must fit, and an open stream costs about this much.
  public var connectionMemory = 16 << 10
  /// A connection without a request for this long is closed; nanoseconds.
  public var idleTimeout: MonotonicTime = 120_000_000_000
  /// A request that takes longer to arrive is closed; nanoseconds.
  public var requestTimeout: MonotonicTime = 60_000_000_000
  /// A stream whose reader takes nothing for this long is closed; nanoseconds.
  public var stalledReaderTimeout: MonotonicTime = 60_000_000_000
  /// Small libmicrohttpd daemons per loop: resuming a connection costs a walk over its daemon's suspended ones.
  public var daemonsPerLoop = 16
  /// Where connections go while fewer than this many are open: the first loop, so that small loads cross no threads.
  public var firstLoopConnections = 0

  /// The defaults.
  public init() {}
}
