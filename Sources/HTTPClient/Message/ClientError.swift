/// Why a call got no whole answer; each case says it in words for a person.
public enum ClientError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The request cannot be sent as it is: its URL, method or a header is malformed. Nothing was sent.
  case invalidRequest(String)
  /// No connection: unknown host, refused, no answer within the connect timeout, TLS failed. Nothing was sent.
  case cannotConnect(String)
  /// The request's own timeout has passed.
  case timedOut(String)
  /// The connection ended, or what came is not HTTP, before the answer was whole.
  case brokenOff(String)

  /// The words.
  public var description: String {
    switch self {
    case .invalidRequest(let text), .cannotConnect(let text), .timedOut(let text), .brokenOff(let text): text
    }
  }
}

/// How a call ended.
public enum ClientEnd: Sendable, Equatable {
  /// The answer is whole.
  case complete
  /// It is not, or there is none.
  case failed(ClientError)
}
