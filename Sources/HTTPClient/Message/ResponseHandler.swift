public import HTTPServer

/// Takes the answer to one call as it arrives; on the client's loop.
///
/// From inside any of these, `send`, `cancel`, `pause`, `resume` and `shutDown` may be called.
public protocol ResponseHandler: AnyObject {
  /// The final status, 200 to 999, and the headers as they were received, in their order. Interim answers are skipped.
  func callDidReceiveHead(_ call: ClientCall, status: Int, headers: [HTTPHeader])

  /// The next piece of the body, without its framing, at least one byte. `bytes` is gone when this returns.
  func callDidReceiveBody(_ call: ClientCall, _ bytes: Span<UInt8>)

  /// The last word of a call: exactly once, unless `cancel` was called.
  func callDidEnd(_ call: ClientCall, _ end: ClientEnd)
}

extension [UInt8] {
  /// Appends a copy of `bytes`.
  public mutating func append(copying bytes: Span<UInt8>) {
    // Unsafe: the pointer is used only inside the closure, where the span keeps it valid.
    bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
  }
}
