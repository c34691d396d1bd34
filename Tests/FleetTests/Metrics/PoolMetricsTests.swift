import EndpointPicking
import Testing

@testable import Fleet

@Suite struct PoolMetricsTests {
  @Test func averagesAreOfReadyEndpoints() {
    let pool = PoolMetrics(
      name: "p",
      endpoints: [
        SampleShare.endpoint("a", waiting: 2, running: 4, kvUsage: 0.25),
        SampleShare.endpoint("b", waiting: 6, running: 4, kvUsage: 0.75),
        SampleShare.endpoint("c", waiting: 100, running: 100, kvUsage: 1, isReady: false),
      ])
    let page = PickerPageReader(pools: [pool])
    #expect(page.value("inference_pool_ready_pods", ["name": "p"]) == 2)
    #expect(page.value("inference_pool_average_queue_size") == 4)
    #expect(page.value("llm_d_epp_average_running_requests") == 4)
    #expect(page.value("inference_pool_average_kv_cache_utilization") == 0.5)
    #expect(page.value("llm_d_epp_std_dev_queue_size") == 8.squareRoot())
    #expect(page.value("llm_d_epp_std_dev_running_requests") == 0)
    #expect(page.value("inference_pool_per_pod_queue_size", ["model_server_pod": "c-rank-0"]) == 100)
  }

  @Test func aPoolWithoutEndpointsHasNoAverages() {
    let page = PickerPageReader(pools: [PoolMetrics(name: "empty", endpoints: [])])
    #expect(page.value("inference_pool_ready_pods", ["name": "empty"]) == 0)
    #expect(page.value("inference_pool_average_queue_size") == nil)
    #expect(page.value("llm_d_epp_std_dev_queue_size") == nil)
  }

  @Test func oneEndpointDoesNotDeviate() {
    let pool = PoolMetrics(name: "p", endpoints: [SampleShare.endpoint("a", waiting: 9, running: 1, kvUsage: 0.5)])
    #expect(PickerPageReader(pools: [pool]).value("llm_d_epp_std_dev_queue_size") == 0)
  }

  @Test func namesakesBecomeOneSeries() {
    let pools = [2, 5].map { waiting in
      PoolMetrics(name: "p", endpoints: [SampleShare.endpoint("a", waiting: waiting, running: 0, kvUsage: 0)])
    }
    let page = PickerPageReader(pools: pools)
    #expect(page.named("inference_pool_average_queue_size").map(\.value) == [5])
    #expect(page.named("inference_pool_ready_pods").map(\.value) == [2])
    #expect(page.named("inference_pool_per_pod_queue_size").map(\.value) == [7])
  }

  @Test func flowControlFillsUp() {
    var configuration = FlowControlConfiguration()
    configuration.maxRequests = 8
    configuration.priorityBands = [5: PriorityBandConfiguration(maxBytes: 1000, maxRequests: 4)]
    configuration.defaultPriorityBand = PriorityBandConfiguration(maxBytes: 0, maxRequests: 2)
    var controller = FlowController(configuration)
    for (number, priority) in [5, 5, 0].enumerated() {
      let flow = FlowKey(fairnessID: "f\(number)", priority: priority)
      _ = controller.enqueue(FlowItem(id: UInt64(number), flow: flow, bytes: 125), at: 0, saturation: 2)
    }
    var pool = PoolMetrics(name: "p", endpoints: [])
    pool.flowControl = FlowOccupancy(controller)
    #expect(
      pool.flowControl?.bands == [
        FlowOccupancy.Band(priority: 5, requests: 0.5, bytes: 0.25),
        FlowOccupancy.Band(priority: 0, requests: 0.5, bytes: nil),
      ])
    let page = PickerPageReader(pools: [pool])
    let name = "llm_d_epp_flow_control_capacity_utilization_requests"
    #expect(page.named(name).map(\.value) == [0.5, 0.5])
    #expect(page.value("llm_d_epp_flow_control_global_capacity_utilization_requests") == 0.375)
    #expect(page.value("llm_d_epp_flow_control_global_capacity_utilization_bytes") == nil)
  }

  @Test func saturationHasStagesOnlyInTheNewerFamily() {
    var pool = PoolMetrics(name: "p", endpoints: [])
    pool.saturation = 1.5
    pool.decodeSaturation = 0.25
    let page = PickerPageReader(pools: [pool])
    #expect(page.named("inference_extension_flow_control_pool_saturation").map(\.value) == [1.5])
    let stages = page.named("llm_d_epp_flow_control_pool_saturation").map { [$0[label: "stage"]: $0.value] }
    #expect(stages == [["decode": 0.25], ["effective": 1.5]])
  }
}
