/// A value that lives on one event loop and may be carried, but not opened, elsewhere.
public struct LoopBound<Value>: @unchecked Sendable {
  // Unchecked: `value` traps off the loop's thread, so no two threads ever touch what is inside.
  private let stored: Value
  private let loop: EventLoop

  /// Binds `value` to `loop`; from any thread.
  public init(_ value: Value, on loop: EventLoop) {
    stored = value
    self.loop = loop
  }

  /// The value; only on the loop's thread.
  public var value: Value {
    precondition(loop.isCurrent, "a loop-bound value was opened on another thread")
    return stored
  }
}
