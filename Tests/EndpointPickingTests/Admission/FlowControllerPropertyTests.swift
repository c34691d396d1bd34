import Simulation
import Testing

@testable import EndpointPicking

/// Random traffic, checked against what any flow control must do.
@Suite struct FlowControllerPropertyTests {
  /// What is known of a controller from outside.
  private struct Witness {
    var waiting: [UInt64: (item: FlowItem, since: Int64, sequence: Int)] = [:]
    var finished = 0
    var sequence = 0

    func deadline(_ id: UInt64, _ configuration: FlowControlConfiguration) -> Int64? {
      guard let entry = waiting[id] else { return nil }
      return (entry.item.ttl ?? configuration.defaultRequestTTL).map { entry.since + $0 }
    }
  }

  @Test(arguments: 0..<16 as Range<UInt64>) func anyOrderOfCalls(seed: UInt64) {
    var bits = SplitMix64(seed: seed)
    let configuration = randomConfiguration(&bits)
    var controller = FlowController(configuration)
    var witness = Witness()
    var now: Int64 = 0
    for id in 0..<1000 as Range<UInt64> {
      now += Int64(bits.pick(0...20))
      switch bits.pick(0...9) {
      case 0...5: submit(randomItem(id, &bits), to: &controller, at: now, Double(bits.pick(0...12)) / 10, &witness)
      case 6:
        let victim = witness.waiting.keys.min() ?? id
        let decision = controller.cancel(victim, at: now)
        #expect(decision?.outcome == (witness.waiting[victim] == nil ? nil : .evictedContextCancelled))
        if let decision { leave(decision, at: now, &witness) }
      default:
        for _ in 0..<bits.pick(1...6) {
          let saturation = Double(bits.pick(0...11)) / 10
          guard let decision = controller.next(at: now, saturation: saturation) else {
            blocked(saturation, configuration, at: now, witness)
            break
          }
          check(decision, saturation, configuration, at: now, witness)
          leave(decision, at: now, &witness)
        }
      }
      invariants(controller, witness)
    }
    for decision in controller.shutDown(at: now) { leave(decision, at: now, &witness) }
    invariants(controller, witness)
    #expect(witness.waiting.isEmpty, "requests were lost")
    #expect(witness.finished > 150)
  }

  private func submit(
    _ item: FlowItem, to controller: inout FlowController, at now: Int64, _ saturation: Double,
    _ witness: inout Witness
  ) {
    let configuration = controller.configuration
    let band = configuration.band(item.flow.priority)
    let all = witness.waiting.values.map(\.item)
    let mates = all.filter { $0.flow.priority == item.flow.priority }
    func exceeds(_ items: [FlowItem], _ bytes: Int, _ requests: Int) -> Bool {
      (bytes > 0 && items.reduce(item.bytes) { $0 + $1.bytes } > bytes) || (requests > 0 && items.count >= requests)
    }
    let full =
      exceeds(all, configuration.maxBytes, configuration.maxRequests)
      || exceeds(mates, band.maxBytes, band.maxRequests)
    let decision = controller.enqueue(item, at: now, saturation: saturation)
    #expect((decision.outcome == .rejectedCapacity) == full)
    if full { return }
    witness.sequence += 1
    witness.waiting[item.id] = (item, now, witness.sequence)
    if decision.outcome == .dispatched {
      check(decision, saturation, configuration, at: now, witness, sweepsFirst: false)
      leave(decision, at: now, &witness)
    } else {
      #expect(decision.outcome == .notYetFinalized)
    }
  }

  /// The decision was the right one among all that waited.
  private func check(
    _ decision: FlowDecision, _ saturation: Double, _ configuration: FlowControlConfiguration, at now: Int64,
    _ witness: Witness, sweepsFirst: Bool = true
  ) {
    guard let entry = witness.waiting[decision.id] else {
      Issue.record("\(decision) does not wait")
      return
    }
    #expect(decision.waited == now - entry.since && decision.flow == entry.item.flow)
    let due = witness.waiting.keys.compactMap { witness.deadline($0, configuration) }.filter { $0 <= now }
    if decision.outcome == .evictedTTL {
      #expect(witness.deadline(decision.id, configuration) == due.min())
      return
    }
    #expect(decision.outcome == .dispatched)
    #expect(due.isEmpty || !sweepsFirst)
    #expect(entry.item.flow.priority == witness.waiting.values.map(\.item.flow.priority).max())
    let band = configuration.band(entry.item.flow.priority)
    #expect(saturation < band.usageLimit)
    let rivals = witness.waiting.values.filter {
      $0.item.flow.priority == entry.item.flow.priority
        && (band.fairness == .globalStrict || $0.item.flow == entry.item.flow)
    }
    func rank(_ value: (item: FlowItem, since: Int64, sequence: Int)) -> (Int64, Int) {
      switch band.ordering {
      case .firstComeFirstServed: (0, value.sequence)
      case .earliestDeadlineFirst: (witness.deadline(value.item.id, configuration) ?? .max, value.sequence)
      case .objectiveDeadline: (value.item.ttftObjective.map { value.since + $0 } ?? .max, value.sequence)
      }
    }
    #expect(rivals.allSatisfy { rank($0) >= rank(entry) })
  }

  /// Nothing could happen.
  private func blocked(
    _ saturation: Double, _ configuration: FlowControlConfiguration, at now: Int64, _ witness: Witness
  ) {
    #expect(witness.waiting.keys.allSatisfy { witness.deadline($0, configuration).map { $0 > now } ?? true })
    guard let highest = witness.waiting.values.map(\.item.flow.priority).max() else { return }
    #expect(saturation >= configuration.band(highest).usageLimit)
  }

  private func leave(_ decision: FlowDecision, at now: Int64, _ witness: inout Witness) {
    #expect(witness.waiting.removeValue(forKey: decision.id) != nil, "\(decision) left twice")
    witness.finished += 1
  }

  private func invariants(_ controller: FlowController, _ witness: Witness) {
    let items = witness.waiting.values.map(\.item)
    #expect(controller.load.requests == items.count)
    #expect(controller.load.bytes == items.reduce(0) { $0 + $1.bytes })
    let flows = Dictionary(grouping: items, by: \.flow).mapValues(\.count)
    #expect(controller.flowLoads.mapValues(\.requests).filter { $0.value > 0 } == flows)
    #expect(
      controller.nextDeadline
        == witness.waiting.keys.compactMap { witness.deadline($0, controller.configuration) }.min())
  }

  private func randomConfiguration(_ bits: inout SplitMix64) -> FlowControlConfiguration {
    var configuration = FlowControlConfiguration()
    configuration.maxRequests = [0, 20, 60][bits.pick(0...2)]
    configuration.maxBytes = [0, 500][bits.pick(0...1)]
    configuration.defaultRequestTTL = [nil, 400][bits.pick(0...1)]
    configuration.idleFlowTimeout = [100, 5000][bits.pick(0...1)]
    configuration.defaultPriorityBand = randomBand(&bits)
    for priority in [-1, 2] where bits.pick(0...1) == 0 { configuration.priorityBands[priority] = randomBand(&bits) }
    return configuration
  }

  private func randomBand(_ bits: inout SplitMix64) -> PriorityBandConfiguration {
    PriorityBandConfiguration(
      maxBytes: [0, 200][bits.pick(0...1)], maxRequests: [0, 10][bits.pick(0...1)],
      fairness: [.globalStrict, .roundRobin][bits.pick(0...1)],
      ordering: [.firstComeFirstServed, .earliestDeadlineFirst, .objectiveDeadline][bits.pick(0...2)],
      usageLimit: [1, 0.8, 0.5][bits.pick(0...2)])
  }

  private func randomItem(_ id: UInt64, _ bits: inout SplitMix64) -> FlowItem {
    FlowItem(
      id: id, flow: FlowKey(fairnessID: "f\(bits.pick(0...4))", priority: bits.pick(-1...2)), bytes: bits.pick(0...40),
      ttl: [nil, nil, Int64(bits.pick(0...300))][bits.pick(0...2)],
      ttftObjective: [nil, Int64(bits.pick(0...300))][bits.pick(0...1)])
  }

  /// While several flows wait, none is served twice before each other one was served.
  @Test(arguments: 0..<10 as Range<UInt64>) func roundRobinStarvesNobody(seed: UInt64) {
    var bits = SplitMix64(seed: seed)
    var configuration = FlowControlConfiguration()
    configuration.defaultPriorityBand.fairness = .roundRobin
    var controller = FlowController(configuration)
    for id in 0..<300 as Range<UInt64> {
      let flow = FlowKey(fairnessID: "f\(bits.pick(0...2) == 0 ? bits.pick(1...5) : 0)", priority: 0)
      _ = controller.enqueue(FlowItem(id: id, flow: flow), at: 0, saturation: 1)
    }
    var servedSince: [FlowKey: Set<FlowKey>] = [:]
    while let decision = controller.next(at: 1, saturation: 0) {
      let others = Set(controller.flowLoads.filter { $0.value.requests > 0 }.keys).subtracting([decision.flow])
      if let since = servedSince[decision.flow] { #expect(since.isSuperset(of: others)) }
      for flow in servedSince.keys { servedSince[flow]?.insert(decision.flow) }
      servedSince[decision.flow] = []
    }
    #expect(controller.load.requests == 0)
  }
}
