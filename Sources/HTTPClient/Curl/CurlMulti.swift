internal import CCurl
internal import HTTPServer

/// curl's handle for many requests at a time, driven from outside.
///
/// Every function but `takeEnded` may call back. None may be called from inside a callback.
struct CurlMulti: ~Copyable {
  // Unsafe: made in `init`, owned by this value alone, and not used after `deinit`.
  private let handle: UnsafeMutableRawPointer

  /// `engine` is told of sockets and timers; it must own this value. Nil when there is no memory.
  init?(for engine: TransferEngine) {
    guard CurlLibrary.isStarted else { return nil }
    var options = understudy_multi_options(
      // Unsafe: unretained, because the engine owns this handle and so outlives it.
      socket: socketCallback, timer: timerCallback, context: Unmanaged.passUnretained(engine).toOpaque())
    guard let handle = understudy_multi_create(&options) else { return nil }
    self.handle = handle
  }

  deinit { curl_multi_cleanup(handle) }

  /// Starts a prepared request; it goes out when the timer that this sets is due. Says what is wrong.
  func add(_ transfer: Transfer) -> String? {
    let code = curl_multi_add_handle(handle, transfer.handle)
    return code == CURLM_OK ? nil : String(cString: curl_multi_strerror(code))
  }

  /// Takes a request out, whether it has ended or not; one that has not closes its connection.
  func remove(_ transfer: Transfer) { curl_multi_remove_handle(handle, transfer.handle) }

  /// The socket is ready.
  func act(on socket: Int32, _ events: DescriptorEvents) {
    var mask: Int32 = 0
    if events.contains(.readable) { mask |= understudy_curl_readable }
    if events.contains(.writable) { mask |= understudy_curl_writable }
    if events.contains(.failed) { mask |= understudy_curl_failed }
    var running: Int32 = 0
    curl_multi_socket_action(handle, socket, mask, &running)
  }

  /// The time that the timer was set to has come.
  func actOnTimer() {
    var running: Int32 = 0
    curl_multi_socket_action(handle, understudy_curl_timeout, 0, &running)
  }

  /// A request that has ended and how; each is told of once.
  func takeEnded() -> (transfer: Transfer, result: CURLcode)? {
    var result = CURLE_OK
    guard let easy = understudy_multi_next_ended(handle, &result), let context = understudy_easy_context(easy) else {
      return nil
    }
    // Unsafe: every handle that was added is bound to the transfer that owns it.
    return (Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue(), result)
  }

  /// Keeps at most so many connections, busy ones included.
  func limitConnections(to count: Int) { understudy_multi_limit_connections(handle, count) }
}
