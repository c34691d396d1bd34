/// What answers requests on one event loop. Each loop has its own, so nothing in it needs a lock.
public protocol Application: AnyObject {
  /// A request has arrived with its whole body (or an `exchange.bodyDefect`). Answers now with `respond` or
  /// `beginStream`, or later; a request that is not answered before this returns is suspended until it is.
  func handle(_ exchange: Exchange)

  /// The last byte of the answer has been handed to the system, or the connection is gone.
  func completed(_ exchange: Exchange)
}

/// Told what becomes of an exchange between `handle` and the end of its answer.
public protocol ExchangeDelegate: AnyObject {
  /// The client has gone away; writing is pointless from here on.
  func exchangeDidAbort(_ exchange: Exchange)

  /// A stream whose writer asked for it with `awaitDrain` has sent everything: write what has been held back.
  func exchangeDidDrain(_ exchange: Exchange)
}
