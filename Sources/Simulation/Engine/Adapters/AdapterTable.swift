/// The LoRA adapters of an engine and where they are.
///
/// `maxLoras` slots hold the adapters that sequences run with; the lowest free slot is taken first, and a full set gives
/// way by unloading the idle adapter used longest ago. Host memory holds up to `maxCPULoras` adapters, the loaded ones
/// among them (vLLM's LRU cache of adapters): one that is not there is brought in before it is loaded, in place of the
/// idle one used longest ago, which loses its slot too if it has one. As host memory is never smaller than the slots,
/// an adapter that may have a slot always finds a place there. Loading takes no time.
struct AdapterTable: Sendable {
  /// The index of the base model.
  static let base = 0

  let maxLoras: Int
  let maxCPULoras: Int
  private(set) var adapters = [Adapter(name: "", residence: .permanent)]
  /// The adapter in each slot ever used; nil when free.
  private(set) var slots: [Int?] = []
  private var indexes: [String: Int] = [:]
  private var freeIndexes: [Int] = []
  private(set) var hostCount = 0
  private var tick: UInt64 = 0

  init(maxLoras: Int, maxCPULoras: Int?) {
    precondition(maxLoras >= 1, "at least one adapter can be loaded")
    self.maxLoras = maxLoras
    self.maxCPULoras = max(maxLoras, maxCPULoras ?? maxLoras)
  }

  subscript(index: Int) -> Adapter {
    get { adapters[index] }
    _modify { yield &adapters[index] }
  }

  /// The adapter called `name`; nil names the base model.
  mutating func index(of name: String?) -> Int {
    guard let name else { return Self.base }
    if let index = indexes[name] { return index }
    let index = freeIndexes.popLast() ?? adapters.count
    if index == adapters.count {
      adapters.append(Adapter(name: name))
    } else {
      adapters[index] = Adapter(name: name)
    }
    indexes[name] = index
    return index
  }

  /// Drops what is known of the adapter unless something still needs it.
  mutating func forgetIfUnused(_ index: Int) {
    let adapter = adapters[index]
    guard adapter.residence == .absent, adapter.running == 0, adapter.waiting.count == 0 else { return }
    indexes[adapter.name] = nil
    adapters[index] = Adapter(name: "")
    freeIndexes.append(index)
  }

  /// A slot is free or can be freed.
  var canLoad: Bool {
    if slots.count < maxLoras { return true }
    return slots.contains { slot in slot.map { adapters[$0].running == 0 } ?? true }
  }

  /// The request that may run next: the first with its adapter loaded, else the first whose adapter can be loaded
  /// (llm-d-inference-sim, LoRA admission). Nil when all that wait are held back by their adapters.
  func nextWaiting(in sequences: SequenceTable) -> Int? {
    if adapters.count == 1 { return adapters[Self.base].waiting.first }
    return firstWaiting(in: sequences) { $0.isLoaded }
      ?? (canLoad ? firstWaiting(in: sequences) { !$0.isLoaded } : nil)
  }

  private func firstWaiting(in sequences: SequenceTable, where matches: (Adapter) -> Bool) -> Int? {
    var best: Int?
    for adapter in adapters {
      guard let first = adapter.waiting.first, matches(adapter) else { continue }
      if let best, sequences[best].order < sequences[first].order { continue }
      best = first
    }
    return best
  }

  /// A sequence begins to run with the adapter, which is loaded if need be.
  mutating func beginUse(_ index: Int) {
    adapters[index].running += 1
    guard index != Self.base else { return }
    touch(index)
    if !adapters[index].isLoaded { load(index) }
  }

  /// A sequence no longer runs with the adapter.
  mutating func endUse(_ index: Int) {
    adapters[index].running -= 1
    if index != Self.base { touch(index) }
  }

  private mutating func touch(_ index: Int) {
    tick += 1
    adapters[index].lastUsed = tick
  }

  private mutating func load(_ index: Int) {
    if adapters[index].residence == .absent {
      if hostCount >= maxCPULoras { evictFromHost() }
      hostCount += 1
    }
    let slot = freeSlot()
    slots[slot] = index
    adapters[index].residence = .slot(slot)
  }

  /// The lowest free slot, made free if there is none.
  private mutating func freeSlot() -> Int {
    if let slot = slots.firstIndex(of: nil) { return slot }
    if slots.count < maxLoras {
      slots.append(nil)
      return slots.count - 1
    }
    guard let idle = leastRecentlyUsed(where: { $0.isLoaded }), case .slot(let slot) = adapters[idle].residence else {
      preconditionFailure("an adapter is loaded only when a slot can be freed")
    }
    adapters[idle].residence = .host
    slots[slot] = nil
    return slot
  }

  private mutating func evictFromHost() {
    guard let idle = leastRecentlyUsed(where: { $0.isInHostMemory }) else {
      preconditionFailure("host memory holds at least as many adapters as there are slots")
    }
    if case .slot(let slot) = adapters[idle].residence { slots[slot] = nil }
    adapters[idle].residence = .absent
    hostCount -= 1
    forgetIfUnused(idle)
  }

  private func leastRecentlyUsed(where matches: (Adapter) -> Bool) -> Int? {
    adapters.indices.dropFirst()
      .filter { adapters[$0].running == 0 && matches(adapters[$0]) }
      .min { adapters[$0].lastUsed < adapters[$1].lastUsed }
  }
}
