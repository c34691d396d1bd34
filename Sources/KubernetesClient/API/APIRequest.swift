/// A request to an API server, without what all have in common.
struct APIRequest {
  var method = "GET"
  /// From the server's root, percent-encoded, with its query.
  var path: String
  /// JSON.
  var body: [UInt8] = []
  /// For the whole call, in nanoseconds; nil: none, for watches.
  var timeout: Int64?

  init(_ path: String, timeout: Int64? = 30_000_000_000) {
    self.path = path
    self.timeout = timeout
  }

  init(_ method: String, _ path: String, body: [UInt8], timeout: Int64?) {
    self.method = method
    self.path = path
    self.body = body
    self.timeout = timeout
  }
}
