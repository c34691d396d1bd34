/// The jobs of one loop that other loops know by number.
struct JobTable {
  private var slots: [(job: (any GenerationSink)?, generation: UInt32)] = []
  private var free: [Int] = []

  mutating func insert(_ job: any GenerationSink) -> JobID {
    let slot = free.popLast() ?? slots.count
    if slot == slots.count { slots.append((nil, 0)) }
    slots[slot].job = job
    return JobID(slot: slot, generation: slots[slot].generation)
  }

  mutating func remove(_ id: JobID) {
    guard self[id] != nil else { return }
    slots[id.slot].job = nil
    slots[id.slot].generation &+= 1
    free.append(id.slot)
  }

  /// The job of that number, unless it is over.
  subscript(id: JobID) -> (any GenerationSink)? {
    guard id.slot < slots.count, slots[id.slot].generation == id.generation else { return nil }
    return slots[id.slot].job
  }
}
