/// A call under way. Belongs to the client's loop; letting go of it does not cancel the call.
public final class ClientCall {
  /// Where the call is in its life.
  enum Phase {
    case running(Transfer, TransferEngine)
    /// The outcome is known and about to be told.
    case failing(ClientError)
    /// Told, or cancelled.
    case ended
  }

  var phase = Phase.ended
  /// What takes the answer; let go of at the end.
  private(set) var handler: (any ResponseHandler)?
  /// The handler does not want any more of the body for now.
  private(set) var isPaused = false

  init(_ handler: any ResponseHandler) { self.handler = handler }

  /// Ends the call: its handler hears nothing more, and its connection is closed. Nothing happens when it has ended.
  public func cancel() {
    let was = phase
    phase = .ended
    handler = nil
    if case .running(let transfer, let engine) = was { engine.cancel(transfer) }
  }

  /// Stops `callDidReceiveBody` at once, and with it reading from the connection: the server is held back by TCP.
  ///
  /// At most a few dozen KiB that had arrived are kept. The request's timeout goes on.
  public func pause() { setPaused(true) }

  /// Undoes `pause`.
  public func resume() { setPaused(false) }

  private func setPaused(_ paused: Bool) {
    guard paused != isPaused else { return }
    isPaused = paused
    if case .running(let transfer, let engine) = phase { engine.pauseChanged(transfer) }
  }

  /// Tells the handler how it ended.
  func finish(_ end: ClientEnd) {
    guard let told = handler else { return }
    phase = .ended
    handler = nil
    told.callDidEnd(self, end)
  }
}
