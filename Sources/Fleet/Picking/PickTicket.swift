internal import EndpointPicking

/// Stands for a request on its way to an endpoint; good once, at the picker that gave it.
struct PickTicket: Hashable, Sendable {
  fileprivate let slot: Int
  fileprivate let generation: UInt64
}

/// The requests on their way, by ticket. All operations but `forEach` take constant time.
struct TicketTable: Sendable {
  private struct Entry: Sendable {
    var request: SentRequest
    var flow: FlowKey
  }

  private struct Slot: Sendable {
    var entry: Entry?
    var generation: UInt64
  }

  private var slots: [Slot] = []
  private var free: [Int] = []

  /// How many tickets are out.
  var count: Int { slots.count - free.count }

  /// Keeps `request`, which belongs to `flow`, until its ticket comes back.
  mutating func issue(_ request: SentRequest, flow: FlowKey) -> PickTicket {
    let entry = Entry(request: request, flow: flow)
    guard let slot = free.popLast() else {
      slots.append(Slot(entry: entry, generation: 0))
      return PickTicket(slot: slots.count - 1, generation: 0)
    }
    slots[slot].entry = entry
    return PickTicket(slot: slot, generation: slots[slot].generation)
  }

  /// The request of a ticket, which is void from then on; nil for a void one.
  mutating func redeem(_ ticket: PickTicket) -> SentRequest? {
    guard slots.indices.contains(ticket.slot), slots[ticket.slot].generation == ticket.generation,
      let entry = slots[ticket.slot].entry
    else { return nil }
    slots[ticket.slot].entry = nil
    slots[ticket.slot].generation += 1
    free.append(ticket.slot)
    return entry.request
  }

  /// Calls `body` with every request that is on its way.
  func forEach(_ body: (SentRequest, FlowKey) -> Void) {
    for case let entry? in slots.lazy.map(\.entry) { body(entry.request, entry.flow) }
  }
}
