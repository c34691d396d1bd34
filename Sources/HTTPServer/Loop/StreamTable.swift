/// The suspended exchanges of one loop: those whose socket the loop watches itself.
final class StreamTable {
  private struct Slot {
    var exchange: Exchange?
    var generation: UInt32 = 0
  }

  private var slots: [Slot] = []
  private var free: [Int] = []
  private var pending: [Exchange] = []

  /// Gives `exchange` a slot; the token names it in the poller.
  func insert(_ exchange: Exchange) -> (slot: Int, token: UInt64) {
    let slot = free.popLast() ?? slots.count
    if slot == slots.count { slots.append(Slot()) }
    slots[slot].exchange = exchange
    return (slot, EventToken.stream(slot: slot, generation: slots[slot].generation).encoded)
  }

  func remove(slot: Int) {
    slots[slot].exchange = nil
    // Events of the old owner that are still in this turn's batch must not reach the next one.
    slots[slot].generation = (slots[slot].generation &+ 1) & 0xFF_FFFF
    free.append(slot)
  }

  func exchange(slot: Int, generation: UInt32) -> Exchange? {
    guard slot < slots.count, slots[slot].generation == generation else { return nil }
    return slots[slot].exchange
  }

  /// Remembers that `exchange` has bytes to send at the end of this turn.
  func needsFlush(_ exchange: Exchange) { pending.append(exchange) }

  /// Sends what the turn has written: one `send` per stream, however many events it holds.
  ///
  /// What streams write while they are flushed waits for the next turn: see `hasPending`.
  func flushPending() {
    guard !pending.isEmpty else { return }
    var batch: [Exchange] = []
    swap(&batch, &pending)
    for exchange in batch { exchange.flush() }
    batch.removeAll(keepingCapacity: true)
    if pending.isEmpty { swap(&batch, &pending) }
  }

  /// Streams have something to send in the next turn.
  var hasPending: Bool { !pending.isEmpty }

  func abortAll() { for slot in slots { slot.exchange?.abort() } }

  func abortStalled(before deadline: MonotonicTime) {
    for slot in slots {
      if let exchange = slot.exchange, let since = exchange.blockedSince, since < deadline { exchange.abort() }
    }
  }
}
