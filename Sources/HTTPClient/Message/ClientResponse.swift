public import HTTPServer

/// A whole answer.
public struct ClientResponse: Sendable {
  /// 200 to 999.
  public var status: Int
  /// As they were received, in their order.
  public var headers: [HTTPHeader]
  /// Without the framing; not decompressed.
  public var body: [UInt8]

  /// Gathers the parts.
  public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}
