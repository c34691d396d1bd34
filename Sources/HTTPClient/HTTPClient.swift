public import HTTPServer

/// An HTTP/1.1 client on one event loop: curl's multi interface, driven by the loop's poller and timers.
///
/// Connections are kept and used again, for the same host and port. Redirects are not followed, bodies not
/// decompressed, cookies not kept, proxies of the environment not used. A request that meets a kept connection which
/// the server has just closed is sent once more on a new one.
///
/// Belongs to its loop's thread, as do its calls.
public final class HTTPClient {
  private let engines: EngineGroup

  /// A client without connections; on the loop's thread.
  public init(loop: EventLoop, options: HTTPClientOptions = HTTPClientOptions()) {
    engines = EngineGroup(loop: loop, options: options)
  }

  deinit { engines.shutDown() }

  /// Begins a call and returns at once; `handler` is kept and called until its end, never before this returns.
  @discardableResult
  public func send(_ request: ClientRequest, to handler: any ResponseHandler) -> ClientCall {
    engines.engine(for: request.url).send(request, to: handler)
  }

  /// Ends all calls, which fail as broken off in the loop's next turn, and closes all connections. Later calls fail.
  public func shutDown() { engines.shutDown() }
}
