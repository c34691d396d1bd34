internal import HTTPServer

extension RemoteAddress {
  /// `host:port`, with brackets around an IPv6 address (RFC 3986, 3.2).
  var authority: String { "\(host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host):\(port)" }

  /// The URL of a path there (RFC 3986, 3.3 and 3.4).
  ///
  /// - Parameter path: percent-decoded, and behind the first question mark a query that is encoded already; what may
  ///   not stand in a URL is encoded in both.
  func url(_ path: String) -> String {
    var isQuery = false
    return (isSecure ? "https://" : "http://") + authority
      + PercentEncoding.encode(path) { byte in
        if byte == UInt8(ascii: "?") { isQuery = true }
        return PercentEncoding.mayStandInPath(byte)
          || (isQuery && (byte == UInt8(ascii: "%") || byte == UInt8(ascii: "?")))
      }
  }
}
