internal import EndpointPicking

/// Stands for a request on its way to an endpoint; good once, at the picker that gave it.
struct PickTicket: Hashable, Sendable {
  fileprivate let slot: Int
  fileprivate let generation: UInt64
}

/// The requests on their way, by ticket. All operations take constant time.
struct TicketTable: Sendable {
  private struct Slot: Sendable {
    var request: SentRequest?
    var generation: UInt64
  }

  private var slots: [Slot] = []
  private var free: [Int] = []

  /// How many tickets are out.
  var count: Int { slots.count - free.count }

  /// Keeps `request` until its ticket comes back.
  mutating func issue(_ request: SentRequest) -> PickTicket {
    guard let slot = free.popLast() else {
      slots.append(Slot(request: request, generation: 0))
      return PickTicket(slot: slots.count - 1, generation: 0)
    }
    slots[slot].request = request
    return PickTicket(slot: slot, generation: slots[slot].generation)
  }

  /// The request of a ticket, which is void from then on; nil for a void one.
  mutating func redeem(_ ticket: PickTicket) -> SentRequest? {
    guard slots.indices.contains(ticket.slot), slots[ticket.slot].generation == ticket.generation,
      let request = slots[ticket.slot].request
    else { return nil }
    slots[ticket.slot].request = nil
    slots[ticket.slot].generation += 1
    free.append(ticket.slot)
    return request
  }
}
