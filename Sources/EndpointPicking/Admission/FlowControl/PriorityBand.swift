/// The queue of one priority: who goes next, by fairness and ordering.
struct PriorityBand: Sendable {
  let configuration: PriorityBandConfiguration
  private(set) var load = FlowLoad()
  /// Requests in order, of each flow by its fairness id; under global-strict fairness all share one lane.
  private var lanes: [String: RankedQueue<UInt64, ArrivalRank>] = [:]
  /// The lanes that hold requests, in the order of their turns.
  private var turns = RankedQueue<String, UInt64>()
  private var lastTurn: UInt64 = 0

  init(_ configuration: PriorityBandConfiguration) { self.configuration = configuration }

  /// The request that goes next.
  var next: UInt64? { turns.first.flatMap { lanes[$0]?.first } }

  /// Queues `item`, which came as number `sequence` at `arrival` and expires at `deadline`.
  mutating func insert(_ item: FlowItem, arrival: Int64, deadline: Int64?, sequence: UInt64) {
    let lane = lane(of: item)
    load.add(item.bytes)
    lanes[lane, default: RankedQueue()].set(
      item.id, rank: ArrivalRank(value: rank(item, arrival, deadline), sequence: sequence))
    if !turns.contains(lane) { moveToEnd(lane) }
  }

  /// Takes out `item`; when that is because it was its flow's turn, the flow goes behind the others.
  mutating func remove(_ item: FlowItem, takingTurn: Bool) {
    let lane = lane(of: item)
    load.subtract(item.bytes)
    lanes[lane]?.remove(item.id)
    if lanes[lane]?.isEmpty != false {
      lanes[lane] = nil
      turns.remove(lane)
    } else if takingTurn {
      moveToEnd(lane)
    }
  }

  private mutating func moveToEnd(_ lane: String) {
    lastTurn += 1
    turns.set(lane, rank: lastTurn)
  }

  private func lane(of item: FlowItem) -> String {
    configuration.fairness == .globalStrict ? "" : item.flow.fairnessID
  }

  private func rank(_ item: FlowItem, _ arrival: Int64, _ deadline: Int64?) -> Int64 {
    switch configuration.ordering {
    case .firstComeFirstServed: 0
    case .earliestDeadlineFirst: deadline ?? .max
    case .objectiveDeadline: item.ttftObjective.map { arrival.addingClamped($0) } ?? .max
    }
  }
}

extension Int64 {
  /// The sum, or the nearest number that there is.
  func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}
