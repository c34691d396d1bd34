internal import EndpointPicking

/// What a request's headers say.
struct RequestHead: Sendable {
  /// The client's id or a new one.
  let id: String
  /// The client has sent none.
  let hasNewID: Bool
  let method: String
  /// Without the query.
  let path: String
  let headers: ProxyHeaders
  let subset: SubsetHint?
  /// The first message's time.
  let receivedAt: Int64

  init(_ headers: ProxyHeaders, subset: SubsetHint?, at now: Int64) {
    let sent = headers[RoutingNames.requestID].flatMap { $0.isEmpty ? nil : $0 }
    id = sent ?? Self.newID()
    hasNewID = sent == nil
    method = headers[":method"] ?? ""
    let path = headers[":path"] ?? headers["x-original-path"] ?? headers["x-forwarded-path"] ?? "/v1/completions"
    self.path = String(path.prefix { $0 != "?" })
    self.headers = headers
    self.subset = subset
    receivedAt = now
  }

  /// An empty body of such a request is none.
  var mayLackBody: Bool { ["GET", "HEAD", "OPTIONS", "DELETE", "TRACE"].contains(method) }

  /// A random UUID (RFC 9562, version 4).
  private static func newID() -> String {
    var generator = SystemRandomNumberGenerator()
    let high = generator.next() & ~0xF000 | 0x4000
    let low = generator.next() & ~(0xC000 << 48) | (0x8000 << 48)
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for index in 0..<32 {
      if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
      let word = index < 16 ? high : low
      let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - index % 16 * 4)) & 0xF
      text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
    return String(decoding: text, as: UTF8.self)
  }
}
