/// Why a request to the API server did not give what was asked for.
public enum RequestFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// There was no connection, or it ended too early; says why.
  case transport(String)
  /// The server said no.
  case status(APIStatus)
  /// The answer is not what API servers say; says how it is not.
  case malformed(String)

  /// One line for a log.
  public var description: String {
    switch self {
    case .transport(let text), .malformed(let text): text
    case .status(let status): status.description
    }
  }

  /// Resource versions that were known are too old, or too new, to go on from.
  public var isExpired: Bool {
    guard case .status(let status) = self else { return false }
    return status.code == 410 || status.reason == "Expired" || status.reason == "Gone"
      || status.causes.contains("ResourceVersionTooLarge")
  }

  /// The HTTP status; nil when there was none.
  public var code: Int? { if case .status(let status) = self { status.code } else { nil } }

  /// Two failures of one kind need no second log line.
  func isLike(_ other: RequestFailure) -> Bool {
    switch (self, other) {
    case (.transport, .transport), (.malformed, .malformed): true
    case (.status(let a), .status(let b)): a.code == b.code
    default: false
    }
  }
}
