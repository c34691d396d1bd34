import EndpointPicking
import Testing

@testable import Fleet

/// What the admission of a pool tells, as the page shows it.
@Suite struct FlowMetricsTests {
  private static func request(_ model: String, fairness: String = "", priority: Int = 0) -> AdmissionRequest {
    var request = AdmissionRequest(Picking.request(model, priority: priority))
    request.fairnessID = fairness
    request.bodyBytes = 100
    request.incomingModel = model
    request.targetModel = "t"
    return request
  }

  private static func page(_ metrics: FlowMetrics) -> PickerPageReader {
    var sum = PickerMetricsShare()
    sum.merge(metrics.share)
    return PickerPageReader(sum)
  }

  private static let queue = "inference_extension_flow_control_queue_size"
  private static let waits = "inference_extension_flow_control_request_queue_duration_seconds_count"
  private static let enqueues = "inference_extension_flow_control_request_enqueue_duration_seconds_count"
  private static let cycles = "inference_extension_flow_control_dispatch_cycle_duration_seconds_count"

  @Test func followsRequestsThroughTheQueue() throws {
    let metrics = FlowMetrics()
    let picker = Picking.picker(
      [Picking.endpoint(0)], configuration: try Picking.flowControl(fields: [.init(key: "maxRequests", value: 2)]))
    let entrance = PoolEntrance(picker, metrics: metrics)
    let admitter = entrance.admitter
    #expect(admitter.admit(Self.request("first"), at: 0) { _ in } == .now)
    let ticket = try picker.pick(Picking.request(), at: 0).result.get().ticket
    guard case .queued = admitter.admit(Self.request("a", fairness: "team", priority: 3), at: 0, resume: { _ in }),
      case .queued(let gone) = admitter.admit(Self.request("b"), at: 0, resume: { _ in }),
      case .refused = admitter.admit(Self.request("c"), at: 0, resume: { _ in })
    else {
      Issue.record("two wait, the third is refused")
      return
    }
    var page = Self.page(metrics)
    #expect(page.value(Self.queue, ["model_name": "a", "fairness_id": "team", "priority": "3"]) == 1)
    #expect(page.value("llm_d_epp_flow_control_queue_bytes", ["model_name": "b", "inference_pool": "pool"]) == 100)
    #expect(page.value(Self.queue, ["model_name": "c"]) == 0)
    #expect(page.value(Self.waits, ["outcome": "Dispatched", "model_name": "first"]) == 1)
    #expect(page.value(Self.waits, ["outcome": "RejectedCapacity", "target_model_name": "t"]) == 1)
    #expect(page.value(Self.enqueues, ["outcome": "NotYetFinalized", "fairness_id": "default-flow"]) == 2)
    #expect(page.value(Self.enqueues, ["outcome": "RejectedCapacity"]) == 1)
    #expect(page.value(Self.enqueues) == 4)
    #expect(page.value(Self.cycles) == 4)
    #expect(admitter.occupancy?.requests == 1)

    picker.finished(ticket)
    admitter.pump(at: 5_000_000_000)
    admitter.cancel(gone, at: 6_000_000_000)
    page = Self.page(metrics)
    #expect(page.named(Self.queue).allSatisfy { $0.value == 0 })
    #expect(page.named("inference_extension_flow_control_queue_bytes").allSatisfy { $0.value == 0 })
    let wait = "inference_extension_flow_control_request_queue_duration_seconds_sum"
    #expect(page.value(wait, ["outcome": "Dispatched", "model_name": "a"]) == 5)
    #expect(page.value(wait, ["outcome": "EvictedContextCancelled", "model_name": "b"]) == 6)
    let requests = "llm_d_epp_flow_control_requests_total"
    #expect(page.value(requests, ["outcome": "Dispatched", "priority": "3"]) == 1)
    #expect(page.value(requests) == 4)
    // The pump looked twice: it let one through, and found that there is no room for another.
    #expect(page.value(Self.cycles) == 6)
    // An empty queue is not looked at.
    admitter.pump(at: 7_000_000_000)
    #expect(Self.page(metrics).value(Self.cycles) == 6)
    #expect(admitter.occupancy?.requests == 0)
    // No request of the front door is counted here.
    #expect(page.named("inference_objective_request_total").isEmpty)
    #expect(page.named("llm_d_epp_request_running").isEmpty)
  }

  @Test func withoutFlowControlThereIsNothing() {
    let metrics = FlowMetrics()
    let entrance = PoolEntrance(Picking.picker([Picking.endpoint(0)]), metrics: metrics)
    #expect(entrance.admitter.admit(Self.request("m"), at: 0) { _ in } == .now)
    #expect(entrance.admitter.admit(Self.request("m", priority: -1), at: 0) { _ in } == .now)
    #expect(Self.page(metrics).families == PickerPageReader().families)
    #expect(entrance.admitter.occupancy == nil)
  }

  /// Every request that enters leaves, whoever lets it through, so that the gauges come back to zero.
  @Test func countsAddUpOverThreads() async throws {
    let metrics = FlowMetrics()
    let picker = Picking.picker([Picking.endpoint(0)], configuration: try Picking.flowControl(maxConcurrency: 2))
    let admitter = PoolEntrance(picker, metrics: metrics).admitter
    let serve: @Sendable () -> Void = {
      guard case .success(let picked) = picker.pick(Picking.request(), at: 0).result else { return }
      picker.finished(picked.ticket)
      admitter.pump(at: 0)
    }
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<6 {
        group.addTask {
          for index in 0..<300 {
            let request = Self.request("m\(thread)", fairness: "f\(index % 4)", priority: index % 3)
            if case .now = admitter.admit(request, at: 0, resume: { _ in serve() }) { serve() }
            if index % 50 == 0 { _ = metrics.share }
          }
        }
      }
    }
    admitter.pump(at: 0)
    let page = Self.page(metrics)
    #expect(page.value(Self.waits, ["outcome": "Dispatched"]) == 1_800)
    #expect(page.value("llm_d_epp_flow_control_requests_total") == 1_800)
    #expect(page.value(Self.enqueues, ["outcome": "NotYetFinalized"]) == 1_800)
    #expect(page.named(Self.queue).count == 6 * 4 * 3)
    #expect(page.named(Self.queue).allSatisfy { $0.value == 0 })
  }
}
