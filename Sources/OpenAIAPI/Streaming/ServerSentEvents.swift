internal import JSON

/// Frames that do not depend on the request.
public enum ServerSentEvents {
  /// Appends `data: [DONE]`, which ends every stream.
  public static func appendDone(to buffer: inout [UInt8]) { buffer.appendRaw("data: [DONE]\n\n") }

  /// Appends a comment that keeps an idle connection open.
  public static func appendKeepAlive(to buffer: inout [UInt8]) { buffer.appendRaw(": keep-alive\n\n") }

  /// Appends an error frame; `appendDone` follows it.
  public static func appendError(_ error: APIError, to buffer: inout [UInt8]) {
    buffer.appendRaw("data: ")
    error.encode(into: &buffer)
    buffer.appendRaw("\n\n")
  }
}
