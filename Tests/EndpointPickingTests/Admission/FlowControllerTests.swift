import Testing

@testable import EndpointPicking

@Suite struct FlowControllerTests {
  private func item(
    _ id: UInt64, _ priority: Int = 0, flow: String = "a", bytes: Int = 1, ttl: Int64? = nil, ttft: Int64? = nil
  ) -> FlowItem {
    FlowItem(
      id: id, flow: FlowKey(fairnessID: flow, priority: priority), bytes: bytes, ttl: ttl, ttftObjective: ttft)
  }

  private func controller(_ change: (inout FlowControlConfiguration) -> Void = { _ in }) -> FlowController {
    var configuration = FlowControlConfiguration()
    change(&configuration)
    return FlowController(configuration)
  }

  /// Queues all `items` while the pool is saturated, and lets them go.
  private func order(_ controller: FlowController, _ items: [FlowItem]) -> [UInt64] {
    var controller = controller
    for (time, item) in items.enumerated() {
      #expect(controller.enqueue(item, at: Int64(time), saturation: 1).outcome == .notYetFinalized)
    }
    var order: [UInt64] = []
    controller.advance(to: 100, saturation: { 0 }) {
      #expect($0.outcome == .dispatched)
      order.append($0.id)
    }
    #expect(controller.load == FlowLoad())
    return order
  }

  @Test func goesThroughAtOnceWhenThereIsRoom() {
    var controller = controller()
    #expect(controller.enqueue(item(1), at: 5, saturation: 0.99).outcome == .dispatched)
    #expect(controller.enqueue(item(2), at: 5, saturation: 1).outcome == .notYetFinalized)
    #expect(controller.next(at: 9, saturation: 1) == nil)
    let decision = controller.next(at: 9, saturation: 0.5)
    #expect(decision?.id == 2 && decision?.outcome == .dispatched && decision?.waited == 4)
    #expect(controller.next(at: 9, saturation: 0.5) == nil)
  }

  @Test func higherPriorityGoesFirst() {
    #expect(order(controller(), [item(1, -1), item(2), item(3, 5), item(4), item(5, 5)]) == [3, 5, 2, 4, 1])
  }

  @Test func theHeadOfTheLineBlocks() {
    var controller = controller { $0.priorityBands[3] = PriorityBandConfiguration(usageLimit: 0.5) }
    _ = controller.enqueue(item(1, 3), at: 0, saturation: 0.7)
    #expect(controller.enqueue(item(2, 0), at: 0, saturation: 0.7).outcome == .notYetFinalized)
    #expect(controller.next(at: 1, saturation: 0.7) == nil)
    #expect(controller.next(at: 2, saturation: 0.4)?.id == 1)
    #expect(controller.next(at: 2, saturation: 0.7)?.id == 2)
  }

  @Test func saturationIsReadAfterEveryDecision() {
    var controller = controller()
    for id in 1...5 as ClosedRange<UInt64> { _ = controller.enqueue(item(id), at: 0, saturation: 1) }
    var dispatched = 0.0
    controller.advance(to: 1, saturation: { dispatched / 3 }) { _ in dispatched += 1 }
    #expect(dispatched == 3)
    #expect(controller.load.requests == 2)
  }

  @Test func globalStrictIgnoresFlows() {
    let items = [item(1, flow: "a"), item(2, flow: "a"), item(3, flow: "b"), item(4, flow: "a"), item(5, flow: "c")]
    #expect(order(controller(), items) == [1, 2, 3, 4, 5])
  }

  @Test func roundRobinTakesTurns() {
    let fair = controller { $0.defaultPriorityBand.fairness = .roundRobin }
    let flows: [(UInt64, String)] = [(1, "a"), (2, "a"), (3, "a"), (4, "b"), (5, "c"), (6, "b")]
    #expect(order(fair, flows.map { item($0.0, flow: $0.1) }) == [1, 4, 5, 2, 6, 3])
  }

  @Test func earliestDeadlineGoesFirst() {
    let edf = controller { $0.defaultPriorityBand.ordering = .earliestDeadlineFirst }
    let items = [
      item(1), item(2, ttl: 900), item(3, ttl: 500), item(4, flow: "b", ttl: 499), item(5, ttl: .max), item(6),
    ]
    #expect(order(edf, items) == [3, 4, 2, 1, 5, 6])
  }

  @Test func earliestObjectiveGoesFirst() {
    let slo = controller { $0.defaultPriorityBand.ordering = .objectiveDeadline }
    let items = [item(1), item(2, ttft: 50), item(3, flow: "b", ttft: 20), item(4, ttft: 19), item(5, ttft: .max)]
    #expect(order(slo, items) == [3, 4, 2, 1, 5])
  }

  @Test func timeRunsOut() {
    var controller = controller { $0.defaultRequestTTL = 100 }
    _ = controller.enqueue(item(1), at: 0, saturation: 1)
    _ = controller.enqueue(item(2, ttl: 10), at: 50, saturation: 1)
    _ = controller.enqueue(item(3, ttl: 1000), at: 50, saturation: 1)
    #expect(controller.nextDeadline == 60)
    #expect(controller.next(at: 59, saturation: 1) == nil)
    var seen: [FlowDecision] = []
    controller.advance(to: 100, saturation: { 0 }) { seen.append($0) }
    #expect(seen.map(\.id) == [2, 1, 3])
    #expect(seen.map(\.outcome) == [.evictedTTL, .evictedTTL, .dispatched])
    #expect(seen.map(\.waited) == [50, 100, 50])
    #expect(controller.nextDeadline == nil)
  }

  @Test func limitsOfBands() {
    var controller = controller {
      $0.priorityBands[1] = PriorityBandConfiguration(maxBytes: 10, maxRequests: 2)
      $0.defaultPriorityBand = PriorityBandConfiguration(maxBytes: 0)
    }
    #expect(controller.enqueue(item(1, 1, bytes: 11), at: 0, saturation: 0).outcome == .rejectedCapacity)
    #expect(controller.enqueue(item(2, 1, bytes: 10), at: 0, saturation: 1).outcome == .notYetFinalized)
    #expect(controller.enqueue(item(3, 1, bytes: 1), at: 0, saturation: 1).outcome == .rejectedCapacity)
    #expect(controller.enqueue(item(4, 1, bytes: 0), at: 0, saturation: 1).outcome == .notYetFinalized)
    #expect(controller.enqueue(item(5, 1, bytes: 0), at: 0, saturation: 1).outcome == .rejectedCapacity)
    #expect(controller.enqueue(item(6, 0, bytes: .max), at: 0, saturation: 1).outcome == .notYetFinalized)
    #expect(controller.load(ofBand: 1) == controller.flowLoads[FlowKey(fairnessID: "a", priority: 1)])
    #expect(controller.cancel(2, at: 1)?.outcome == .evictedContextCancelled)
    #expect(controller.enqueue(item(3, 1, bytes: 1), at: 0, saturation: 1).outcome == .notYetFinalized)
  }

  @Test func limitsOfAll() {
    var controller = controller {
      $0.maxRequests = 3
      $0.maxBytes = 10
    }
    #expect(controller.enqueue(item(1, 0, bytes: 6), at: 0, saturation: 1).outcome == .notYetFinalized)
    #expect(controller.enqueue(item(2, 1, bytes: 5), at: 0, saturation: 1).outcome == .rejectedCapacity)
    #expect(controller.enqueue(item(3, 2, bytes: 2), at: 0, saturation: 1).outcome == .notYetFinalized)
    #expect(controller.enqueue(item(4, 3, bytes: 2), at: 0, saturation: 1).outcome == .notYetFinalized)
    #expect(controller.enqueue(item(5, 4, bytes: 0), at: 0, saturation: 1).outcome == .rejectedCapacity)
  }

  @Test func aWaitingIdIsNotTakenTwice() {
    var controller = controller()
    _ = controller.enqueue(item(1), at: 0, saturation: 1)
    #expect(controller.enqueue(item(1, 4), at: 0, saturation: 1).outcome == .rejectedOther)
    #expect(controller.cancel(2, at: 0) == nil)
    #expect(controller.cancel(1, at: 3)?.waited == 3)
    #expect(controller.cancel(1, at: 3) == nil)
  }

  @Test func idleFlowsAreForgotten() {
    var controller = controller()
    let flow = FlowKey(fairnessID: "a", priority: 0)
    _ = controller.enqueue(item(1), at: 0, saturation: 0)
    #expect(controller.flowLoads == [flow: FlowLoad()])
    _ = controller.next(at: 299_999_999_999, saturation: 0)
    #expect(controller.flowLoads.count == 1)
    _ = controller.enqueue(item(2), at: 299_999_999_999, saturation: 1)
    #expect(controller.next(at: 600_000_000_000, saturation: 1) == nil)
    #expect(controller.flowLoads[flow]?.requests == 1)
    _ = controller.cancel(2, at: 600_000_000_000)
    _ = controller.next(at: 900_000_000_000, saturation: 1)
    #expect(controller.flowLoads.isEmpty)
  }

  @Test func shuttingDownTakesAllOut() {
    var controller = controller()
    for (id, priority) in [(1, 0), (2, 5), (3, 0)] as [(UInt64, Int)] {
      _ = controller.enqueue(item(id, priority), at: 0, saturation: 1)
    }
    let evicted = controller.shutDown(at: 4)
    #expect(evicted.map(\.id) == [2, 1, 3])
    #expect(evicted.allSatisfy { $0.outcome == .evictedOther && $0.waited == 4 })
    #expect(controller.enqueue(item(4), at: 5, saturation: 0).outcome == .rejectedOther)
  }

  /// GIE v1.5's mapping of outcomes.
  @Test(
    arguments: [
      (.dispatched, nil, ""), (.rejectedCapacity, 429, "ResourceExhausted - request rejected by flow control"),
      (.evictedTTL, 503, "ServiceUnavailable - request timed out in queue: "),
      (.evictedContextCancelled, 503, "ServiceUnavailable - client disconnected"),
      (.rejectedOther, 500, "Internal - internal flow control error"),
      (.evictedOther, 500, "Internal - internal flow control error"),
      (.notYetFinalized, 500, "Internal - unhandled flow control outcome"),
    ] as [(FlowOutcome, Int?, String)]) func outcomes(outcome: FlowOutcome, status: Int?, message: String)
  {
    #expect(outcome.error?.httpStatus == status)
    #expect(outcome.error?.description.hasPrefix("inference error: " + message) ?? (status == nil))
  }

  @Test func settingsOfTheConfigurationFile() {
    var settings = FlowControlSettings()
    settings.maxRequests = 7
    settings.requestTTL = 5
    settings.usageLimit = 0.9
    var listed = FlowControlSettings.Band()
    listed.priority = 3
    listed.maxRequests = 4
    listed.fairness = .roundRobin
    settings.bands = [listed]
    var negative = FlowControlSettings.Band()
    negative.ordering = .earliestDeadlineFirst
    settings.defaultNegativeBand = negative
    let configuration = FlowControlConfiguration(settings)
    #expect(configuration.maxRequests == 7 && configuration.maxBytes == 0 && configuration.defaultRequestTTL == 5)
    #expect(
      configuration.band(3) == PriorityBandConfiguration(maxRequests: 4, fairness: .roundRobin, usageLimit: 0.9))
    #expect(configuration.band(0) == PriorityBandConfiguration(usageLimit: 0.9))
    #expect(configuration.band(-2) == PriorityBandConfiguration(ordering: .earliestDeadlineFirst, usageLimit: 0.9))
  }

  @Test func emptyFairnessIdIsTheDefaultFlow() {
    #expect(FlowKey(fairnessID: "", priority: 1).fairnessID == "default-flow")
  }
}
