public import HTTPServer
internal import JSON
internal import Simulation

/// What all servers on one event loop share: parser buffers, prepared text, and the turn's outgoing messages.
///
/// Belongs to the loop's thread.
public final class LoopResources {
  let loop: EventLoop
  let jsonParser = JSONParser()
  let poolPieces = EscapedPieces.rendering(SentencePool.standard.table)
  private var couriers: [Courier] = []

  /// The resources of `loop`; made on its thread, once.
  public init(_ loop: EventLoop) {
    self.loop = loop
    loop.atEndOfTick { [unowned self] in flush() }
  }

  /// Flushes `courier` at the end of the loop's turn.
  func needsFlush(_ courier: Courier) { couriers.append(courier) }

  private func flush() {
    guard !couriers.isEmpty else { return }
    for courier in couriers { courier.flush() }
    couriers.removeAll(keepingCapacity: true)
  }
}
