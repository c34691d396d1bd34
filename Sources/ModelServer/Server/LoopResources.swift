public import HTTPServer
internal import JSON
internal import Simulation

/// What all servers on one event loop share: parser buffers, prepared text, and what is due at the end of a turn.
///
/// Belongs to the loop's thread.
public final class LoopResources {
  let loop: EventLoop
  let jsonParser = JSONParser()
  let poolPieces = EscapedPieces.rendering(SentencePool.standard.table)
  private var couriers: [Courier] = []
  private var recorders: [LatenessRecorder] = []

  /// The resources of `loop`; made on its thread, once.
  public init(_ loop: EventLoop) {
    self.loop = loop
    loop.atEndOfTick { [unowned self] in endTurn() }
  }

  /// Flushes `courier` at the end of the loop's turn.
  func needsFlush(_ courier: Courier) { couriers.append(courier) }

  /// Has `recorder` observe at the end of the loop's turn.
  func needsObservation(_ recorder: LatenessRecorder) { recorders.append(recorder) }

  /// The streams of the turn have been sent by now.
  private func endTurn() {
    if !recorders.isEmpty {
      let now = Instant(nanoseconds: Clock.monotonic)
      for recorder in recorders { recorder.observe(at: now) }
      recorders.removeAll(keepingCapacity: true)
    }
    guard !couriers.isEmpty else { return }
    for courier in couriers { courier.flush() }
    couriers.removeAll(keepingCapacity: true)
  }
}
