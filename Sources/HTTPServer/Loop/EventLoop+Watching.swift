/// What a descriptor is watched for, and what it was found ready for.
public struct DescriptorEvents: OptionSet, Sendable {
  /// The set as bits.
  public let rawValue: UInt8

  /// Takes the set as bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// There is something to read, or the peer has closed.
  public static let readable = DescriptorEvents(rawValue: 1)
  /// There is room to write.
  public static let writable = DescriptorEvents(rawValue: 2)
  /// An error or a full hang-up; reported whether it is asked for or not.
  public static let failed = DescriptorEvents(rawValue: 4)

  var interest: Interest {
    var interest: Interest = []
    if contains(.readable) { interest.insert(.readable) }
    if contains(.writable) { interest.insert(.writable) }
    return interest
  }
}

/// Names one watch of an `EventLoop`; a watch that has ended is never mistaken for a later one.
public struct WatchToken: Hashable, Sendable {
  let slot: Int
  let generation: UInt32
}

/// Descriptors that do not belong to the server: sockets of clients, file watches. On the loop's thread only.
extension EventLoop {
  /// Calls `handler` in every turn of the loop in which `descriptor` is ready for one of `events`, until `unwatch`.
  ///
  /// Nil when the system refuses: the descriptor is not open, cannot be waited for, or is watched already.
  /// Call `unwatch` before the descriptor is closed.
  public func watch(
    _ descriptor: Int32, for events: DescriptorEvents, _ handler: @escaping (Int32, DescriptorEvents) -> Void
  ) -> WatchToken? {
    let token = watches.insert(descriptor, handler)
    guard poller.add(descriptor, events.interest, token: token.event.encoded) else {
      watches.remove(token)
      return nil
    }
    return token
  }

  /// Waits for other events from now on; none keeps the watch but waits for failures only.
  public func change(_ token: WatchToken, to events: DescriptorEvents) {
    guard let descriptor = watches.descriptor(token) else { return }
    poller.modify(descriptor, events.interest, token: token.event.encoded)
  }

  /// Ends a watch: its handler is not called again, not even in this turn. Does not close the descriptor.
  public func unwatch(_ token: WatchToken) {
    guard let descriptor = watches.descriptor(token) else { return }
    poller.remove(descriptor)
    watches.remove(token)
  }
}

extension WatchToken {
  /// The token that the poller carries.
  fileprivate var event: EventToken { .watch(slot: slot, generation: generation) }
}

/// The watches of one loop.
struct WatchTable {
  private struct Slot {
    var descriptor: Int32 = -1
    var generation: UInt32 = 0
    var handler: ((Int32, DescriptorEvents) -> Void)?
  }

  private var slots: [Slot] = []
  private var free: [Int] = []

  mutating func insert(_ descriptor: Int32, _ handler: @escaping (Int32, DescriptorEvents) -> Void) -> WatchToken {
    let slot = free.popLast() ?? slots.count
    if slot == slots.count { slots.append(Slot()) }
    slots[slot].descriptor = descriptor
    slots[slot].handler = handler
    return WatchToken(slot: slot, generation: slots[slot].generation)
  }

  mutating func remove(_ token: WatchToken) {
    slots[token.slot].descriptor = -1
    slots[token.slot].handler = nil
    // Events of this watch that are still in the turn's batch must not reach the next one in the slot.
    slots[token.slot].generation = (slots[token.slot].generation &+ 1) & 0xFF_FFFF
    free.append(token.slot)
  }

  mutating func removeAll() {
    slots = []
    free = []
  }

  /// The descriptor of a watch that has not ended.
  func descriptor(_ token: WatchToken) -> Int32? { lookUp(token)?.descriptor }

  /// What to call with which descriptor.
  func handler(slot: Int, generation: UInt32) -> ((Int32, DescriptorEvents) -> Void, Int32)? {
    guard let found = lookUp(WatchToken(slot: slot, generation: generation)), let handler = found.handler else {
      return nil
    }
    return (handler, found.descriptor)
  }

  private func lookUp(_ token: WatchToken) -> Slot? {
    guard token.slot < slots.count, slots[token.slot].generation == token.generation else { return nil }
    return slots[token.slot].handler == nil ? nil : slots[token.slot]
  }
}
