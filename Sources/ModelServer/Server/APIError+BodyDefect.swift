public import HTTPServer
public import OpenAIAPI

extension APIError {
  /// Why a request whose body has `defect` is refused.
  ///
  /// - Parameter limit: the most bytes that the server accepts.
  public init(_ defect: BodyDefect, limit: Int) {
    switch defect {
    case .tooLarge: self = .bodyTooLarge(limit: limit)
    case .ambiguousLength:
      self = .badRequest("The request has more than one Content-Length or Transfer-Encoding header.")
    }
  }
}
