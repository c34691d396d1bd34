/// Refusals for the server's state, the route, or the caller's rights.
extension APIError {
  /// 401: no API key, or not one of ours. The body has no object: `{"error":"Unauthorized"}`.
  public static let unauthorized: APIError = {
    var error = APIError(status: 401, message: "Unauthorized")
    error.layout = .text
    return error
  }()

  /// 403: a switch of the server forbids this route.
  public static func permissionDenied(_ message: String) -> APIError { APIError(status: 403, message: message) }

  /// 404: no such path.
  public static let notFound = APIError(status: 404, message: "Not Found", type: "Not Found")

  /// 405: no such method on this path; the caller adds `Allow`.
  public static let methodNotAllowed = APIError(status: 405, message: "Method Not Allowed", type: "Method Not Allowed")

  /// 413: the body is larger than the server accepts.
  public static func bodyTooLarge(limit: Int) -> APIError {
    APIError(
      status: 413, message: "The request body is larger than the limit of \(limit) bytes.",
      type: "Request Entity Too Large")
  }

  /// 429, or 503 where the server is told so: the waiting queue is full.
  public static func queueFull(status: Int) -> APIError {
    status == 503
      ? APIError(
        status: 503,
        message: "The engine is currently busy and cannot accept new requests. Please try again later or on a "
          + "different instance.",
        type: "Service Unavailable")
      : APIError(status: status, message: "Failed to enqueue request, waiting requests queue is full")
  }

  /// 503: the waiting requests have too much to prefill (vLLM 0.33, `--max-num-queued-tokens`).
  public static func backlogFull(limit: Int) -> APIError {
    APIError(
      status: 503,
      message: "The engine has reached its prefill token backlog limit. At most \(limit) tokens may wait. Please try "
        + "again later or on a different instance.",
      type: "Service Unavailable")
  }

  /// 503: the server is draining; the caller adds `Retry-After`.
  public static let shuttingDown = APIError(
    status: 503, message: "server is shutting down", type: "ServiceUnavailableError")

  /// 503: the server is not ready yet.
  public static func unavailable(_ message: String) -> APIError {
    APIError(status: 503, message: message, type: "ServiceUnavailableError")
  }

  /// 500: something of ours failed.
  public static func internalError(_ message: String) -> APIError { APIError(status: 500, message: message) }
}
