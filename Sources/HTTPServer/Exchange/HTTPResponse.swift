/// A header of a response.
public struct HTTPHeader: Sendable, Equatable {
  /// As it is sent; clients compare it without regard to case.
  public var name: String
  /// Without line breaks: a header that has one is dropped.
  public var value: String

  /// Gathers the parts.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// A whole answer.
public struct HTTPResponse: Sendable {
  /// 100 to 999.
  public var status: Int
  /// In the order in which they are sent, after Date.
  public var headers: [HTTPHeader]
  /// Sent with its Content-Length.
  public var body: [UInt8]

  /// Gathers the parts.
  public init(status: Int = 200, headers: [HTTPHeader] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}
