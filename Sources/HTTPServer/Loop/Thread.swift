internal import Glibc
internal import Synchronization

/// A thread, to be joined or detached.
public struct Thread: Sendable {
  private let id: pthread_t

  /// Runs `body` on a thread of its own; traps when the system has none left.
  public init(_ body: @escaping @Sendable () -> Void) {
    final class Box {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var id = pthread_t()
    // Unsafe: the box is retained here and released by the thread that runs it.
    let box = Unmanaged.passRetained(Box(body)).toOpaque()
    let code = pthread_create(
      &id, nil,
      { context in
        Unmanaged<Box>.fromOpaque(context!).takeRetainedValue().body()
        return nil
      }, box)
    precondition(code == 0, "the system has no thread left: error \(code)")
    self.id = id
  }

  /// Waits for the end of the thread.
  public func join() { pthread_join(id, nil) }

  /// It is the one that asks.
  public var isCurrent: Bool { pthread_equal(id, pthread_self()) != 0 }

  /// Lets the thread end by itself, when nobody will join it.
  public func detach() { pthread_detach(id) }
}

/// Hands the outcome of a thread's start back to whoever started it.
final class StartSignal: Sendable {
  private let outcome = Mutex<Result<Void, ServerError>?>(nil)

  func send(_ result: Result<Void, ServerError>) { outcome.withLock { $0 = result } }

  var succeeded: Bool {
    outcome.withLock { if case .success = $0 { true } else { false } }
  }

  /// Waits for `send`. A start takes about a millisecond, so this naps instead of using a condition variable.
  func wait() -> Result<Void, ServerError> {
    while true {
      if let result = outcome.withLock({ $0 }) { return result }
      usleep(50)
    }
  }
}
