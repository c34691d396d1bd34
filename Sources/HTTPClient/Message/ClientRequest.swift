public import HTTPServer

/// One HTTP/1.1 request.
public struct ClientRequest: Sendable {
  /// As it is sent, in capitals where the standard names it so.
  public var method: String
  /// An absolute `http` or `https` URL; its path and query are sent as they are.
  public var url: String
  /// Sent as given, in their order.
  ///
  /// Content-Length, Transfer-Encoding and Expect are left out: the client frames the body. Host is made from the URL
  /// unless it is given. Nothing else is added: no Accept, no User-Agent, no Content-Type.
  public var headers: [HTTPHeader]
  /// Not sent with HEAD.
  public var body: [UInt8]
  /// For the whole call, from `send` to the end of the answer, in nanoseconds, rounded up to milliseconds;
  /// nil: no limit.
  public var timeout: Int64?
  /// Talks TLS to anyone, whatever their certificate says.
  public var acceptsAnyCertificate: Bool

  /// Gathers the parts.
  public init(
    method: String = "GET", url: String, headers: [HTTPHeader] = [], body: [UInt8] = [], timeout: Int64? = nil,
    acceptsAnyCertificate: Bool = false
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
    self.acceptsAnyCertificate = acceptsAnyCertificate
  }

  /// What keeps the request from being sent, in words; nil: nothing.
  ///
  /// Nothing that came from elsewhere may end a line of the header, or end a string early.
  var defect: String? {
    if method.isEmpty || !method.utf8.allSatisfy(\.isTokenCharacter) {
      return "not a method: \(method.debugDescription)"
    }
    guard url.hasPrefix("http://") || url.hasPrefix("https://"), !url.utf8.contains(0) else {
      return "not an http or https URL: \(url.debugDescription)"
    }
    for header in headers {
      if header.name.isEmpty || !header.name.utf8.allSatisfy(\.isTokenCharacter) {
        return "not a header's name: \(header.name.debugDescription)"
      }
      if header.value.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) {
        return "header \(header.name) has a line break"
      }
    }
    return nil
  }
}

extension UInt8 {
  /// RFC 9110, 5.6.2: what names of methods and headers are made of.
  fileprivate var isTokenCharacter: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
      UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }
}
