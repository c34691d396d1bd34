internal import CCurl

/// libcurl as a whole, which wants to be told once that it is used.
enum CurlLibrary {
  static let isStarted = understudy_curl_start()
}

/// One of curl's handles for a single request at a time, with the memory that curl reads and writes during it.
struct CurlEasy: ~Copyable {
  // Unsafe: made in `init`, owned by this value alone, and not used after `deinit`.
  let handle: UnsafeMutableRawPointer
  private let errorText: UnsafeMutablePointer<CChar>
  private var headers = HeaderLines()
  /// Kept because curl opens the files with each connection.
  private let tls: ClientTLS

  /// Nil when there is no memory.
  init?(_ client: HTTPClientOptions) {
    guard CurlLibrary.isStarted else { return nil }
    let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: understudy_curl_error_size)
    errorText.pointee = 0
    // Unsafe: curl copies the paths during the call.
    let handle = withOptionalCString(client.tls.authorities?.path) { authorities in
      withOptionalCString(client.tls.identity?.certificate.path) { certificate in
        withOptionalCString(client.tls.identity?.key.path) { key in
          var options = understudy_easy_options(
            head: headCallback, body: bodyCallback, error: errorText,
            connect_timeout_ms: max(1, milliseconds(client.connectTimeout)),
            keep_alive_s: client.keepAliveInterval.map { max(1, (milliseconds($0) + 999) / 1000) } ?? 0,
            authorities: authorities, certificate: certificate, key: key)
          return understudy_easy_create(&options)
        }
      }
    }
    guard let handle else {
      errorText.deallocate()
      return nil
    }
    self.handle = handle
    self.errorText = errorText
    tls = client.tls
  }

  /// Lets `transfer`, which owns this value, take what arrives.
  func bind(to transfer: Transfer) {
    // Unsafe: unretained, because the transfer outlives the handle that it owns.
    understudy_easy_bind(handle, Unmanaged.passUnretained(transfer).toOpaque())
  }

  /// Lets `engine`, in whose multi handle this handle will be used, know its sockets.
  func tellOfSockets(_ engine: TransferEngine) {
    var options = understudy_socket_options(
      // Unsafe: unretained, because connections belong to the multi handle, which the engine outlives.
      open: openSocketCallback, close: closeSocketCallback, context: Unmanaged.passUnretained(engine).toOpaque())
    understudy_easy_set_sockets(handle, &options)
  }

  deinit {
    // First, because curl may write its last error while it cleans up.
    curl_easy_cleanup(handle)
    errorText.deallocate()
  }

  /// Makes the handle ready for `request`, which has no `defect`; says what curl does not like.
  mutating func prepare(_ request: ClientRequest) -> String? {
    errorText.pointee = 0
    let kind: understudy_request_kind
    var method: String? = request.method
    switch request.method {
    case "HEAD": (kind, method) = (understudy_request_head, nil)
    case "POST": (kind, method) = (understudy_request_with_body, nil)
    case "PUT", "PATCH": kind = understudy_request_with_body
    default:
      kind = request.body.isEmpty ? understudy_request_get : understudy_request_with_body
      if request.method == "GET", request.body.isEmpty { method = nil }
    }
    let list = headers.fill(request, sendsBody: kind == understudy_request_with_body)
    // Unsafe: curl copies all of these during the call, but for the list, which `headers` keeps.
    let code = request.url.withCString { url in
      withOptionalCString(method) { method in
        request.body.withUnsafeBytes { body in
          var wanted = understudy_easy_request(
            url: url, kind: kind, method: method, body: body.baseAddress, body_size: body.count, headers: list,
            timeout_ms: request.timeout.map { max(1, milliseconds($0)) } ?? 0,
            accepts_any_certificate: request.acceptsAnyCertificate)
          return understudy_easy_set(handle, &wanted)
        }
      }
    }
    return code == CURLE_OK ? nil : describe(code)
  }

  /// Lets go of the request's body and headers.
  mutating func release() {
    understudy_easy_release_request(handle)
    headers.release()
  }

  /// Sends the request and waits for its end.
  func perform() -> CURLcode { curl_easy_perform(handle) }

  /// Stops or starts reading from the connection; calls back when data had been held back.
  func setPaused(_ isPaused: Bool) {
    _ = curl_easy_pause(handle, isPaused ? understudy_curl_pause_receiving : understudy_curl_pause_nothing)
  }

  /// What went wrong, in curl's words.
  func describe(_ code: CURLcode) -> String {
    errorText.pointee != 0 ? String(cString: errorText) : String(cString: curl_easy_strerror(code))
  }
}

/// Nanoseconds as milliseconds, rounded up, within what curl's `long` options take.
private func milliseconds(_ nanoseconds: Int64) -> Int {
  let bounded = min(max(nanoseconds, 0), 1_000_000 * Int64(Int32.max))
  return Int((bounded + 999_999) / 1_000_000)
}

private func withOptionalCString<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
  guard let text else { return body(nil) }
  return text.withCString(body)
}
