/// The flows that hold requests, and those that did so until lately.
struct FlowRegistry: Sendable {
  private(set) var loads: [FlowKey: FlowLoad] = [:]
  private var idle = RankedQueue<FlowKey, Int64>()
  private let idleTimeout: Int64

  init(idleTimeout: Int64) { self.idleTimeout = idleTimeout }

  mutating func add(_ item: FlowItem) {
    idle.remove(item.flow)
    loads[item.flow, default: FlowLoad()].add(item.bytes)
  }

  mutating func remove(_ item: FlowItem, at now: Int64) {
    loads[item.flow]?.subtract(item.bytes)
    if loads[item.flow]?.requests == 0 { idle.set(item.flow, rank: now.addingClamped(idleTimeout)) }
  }

  /// Forgets flows that have been without requests for the timeout.
  mutating func collectIdle(at now: Int64) {
    while let end = idle.firstRank, end <= now, let flow = idle.first {
      idle.remove(flow)
      loads[flow] = nil
    }
  }
}
