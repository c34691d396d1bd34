internal import JSON

/// Why a choice ended: `finish_reason` and `stop_reason` together.
public enum ChoiceFinishReason: Equatable, Sendable {
  /// End of sequence; `stop_reason` is null.
  case stop
  /// A stop string matched; it is the `stop_reason`.
  case stopString(String)
  /// A stop token matched; its id is the `stop_reason`.
  case stopToken(UInt32)
  /// The maximum or the end of the context.
  case length
  /// The request was aborted.
  case abort

  /// Appends `"finish_reason":…,"stop_reason":…`.
  func encode(into buffer: inout [UInt8]) {
    switch self {
    case .stop: buffer.appendRaw(#""finish_reason":"stop","stop_reason":null"#)
    case .length: buffer.appendRaw(#""finish_reason":"length","stop_reason":null"#)
    case .abort: buffer.appendRaw(#""finish_reason":"abort","stop_reason":null"#)
    case .stopString(let string):
      buffer.appendRaw(#""finish_reason":"stop","stop_reason":"#)
      buffer.appendJSON(string)
    case .stopToken(let id):
      buffer.appendRaw(#""finish_reason":"stop","stop_reason":"#)
      buffer.appendJSON(id)
    }
  }
}
