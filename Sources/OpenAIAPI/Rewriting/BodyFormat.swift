/// What a body is, as far as a gateway reads it.
enum BodyFormat: Equatable {
  /// One JSON document.
  case json
  /// Server-sent events whose data is JSON.
  case eventStream
  /// Anything else, which is not looked into.
  case opaque

  /// What a Content-Type says (RFC 9110, 8.3.1; RFC 6839, 3.1 for `+json`); nil is opaque.
  init(contentType: String?) {
    let essence = (contentType ?? "").prefix { $0 != ";" }.lowercased()
    let trimmed = essence.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
    if trimmed == "text/event-stream" {
      self = .eventStream
    } else if trimmed == "application/json" || trimmed.hasSuffix("+json") {
      self = .json
    } else {
      self = .opaque
    }
  }
}
