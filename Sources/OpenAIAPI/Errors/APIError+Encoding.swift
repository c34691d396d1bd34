internal import JSON

extension APIError {
  /// Appends the response body.
  public func encode(into buffer: inout [UInt8]) {
    switch layout {
    case .text:
      buffer.appendRaw(#"{"error":"#)
      buffer.appendJSON(message)
      buffer.appendRaw("}")
    case .object:
      buffer.appendRaw(#"{"error":{"message":"#)
      buffer.appendJSON(message)
      buffer.appendRaw(#","type":"#)
      buffer.appendJSON(type)
      buffer.appendRaw(#","param":"#)
      if let param { buffer.appendJSON(param) } else { buffer.appendRaw("null") }
      buffer.appendRaw(#","code":"#)
      buffer.appendJSON(status)
      buffer.appendRaw("}}")
    }
  }

  /// The response body.
  public var body: [UInt8] {
    var buffer: [UInt8] = []
    encode(into: &buffer)
    return buffer
  }
}
