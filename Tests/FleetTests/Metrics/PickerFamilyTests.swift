import Testing

@testable import Fleet

/// The families as the endpoint picker's reference lists them, written down a second time.
@Suite struct PickerFamilyTests {
  struct Expected: Sendable, CustomTestStringConvertible {
    var name: String
    var type: String
    var labels: String
    var buckets: String?

    init(_ name: String, _ type: String, _ labels: String = "", _ buckets: String? = nil) {
      (self.name, self.type, self.labels, self.buckets) = (name, type, labels, buckets)
    }

    var testDescription: String { name }
  }

  private static let gen =
    "0.005 0.025 0.05 0.1 0.2 0.4 0.6 0.8 1 1.25 1.5 2 3 4 5 6 8 10 15 20 30 45 60 120 180 240 300 360 480 600 900 "
    + "1200 1800 2700 3600"
  private static let tpot =
    "0.0005 0.00205 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.125 0.15 0.2 0.3 0.4 0.5 0.6 0.8 1 1.5 2 3 4.5 6 12 18 24 30 "
    + "36 48 60 90 120 180 270 360"
  private static let req =
    "64 128 256 512 1024 2048 4096 8192 16384 32768 65536 131072 262144 524288 1.048576e+06 2.097152e+06 4.194304e+06 "
    + "8.388608e+06 1.6777216e+07 3.3554432e+07 6.7108864e+07 1.34217728e+08 2.68435456e+08 5.36870912e+08 "
    + "1.073741824e+09"
  private static let resp = "1 8 16 32 64 128 256 512 1024 2048 4096 8192 16384 32778 65536"
  private static let tok = resp + " 131072 262144 524288 1.048576e+06"
  private static let out = "1 8 16 32 64 128 256 512 1024 2048 4096 8192"
  private static let ntpot = "0.001 0.002 0.005 0.01 0.02 0.05 0.1 0.2 0.5 1 2 5 10"
  private static let sched = "0.0001 0.0002 0.0005 0.001 0.002 0.005 0.01 0.02 0.05 0.1"
  private static let fc = "0.0001 0.0005 0.001 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30 60"
  private static let ratio = "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1"
  private static let hits = "0 16 32 64 128 256 512 1024 2048 4096 8192 16384 32768 65536"
  private static let ml = "model_name target_model_name"
  private static let flow = "fairness_id model_name priority target_model_name"
  private static let queue = "fairness_id inference_pool model_name priority target_model_name"

  /// GIE v1.5 (without what only the latency predictor gives samples to).
  static let released: [Expected] = [
    .init("inference_objective_request_total", "counter", "model_name priority target_model_name"),
    .init("inference_objective_request_error_total", "counter", "error_code model_name target_model_name"),
    .init("inference_objective_request_duration_seconds", "histogram", ml, gen),
    .init("inference_objective_request_ttft_seconds", "histogram", ml, gen),
    .init("inference_objective_request_tpot_seconds", "histogram", ml, tpot),
    .init("inference_objective_request_sizes", "histogram", ml, req),
    .init("inference_objective_response_sizes", "histogram", ml, resp),
    .init("inference_objective_input_tokens", "histogram", ml, tok),
    .init("inference_objective_prompt_cached_tokens", "histogram", ml, tok),
    .init("inference_objective_output_tokens", "histogram", ml, out),
    .init("inference_objective_running_requests", "gauge", "model_name"),
    .init("inference_objective_normalized_time_per_output_token_seconds", "histogram", ml, ntpot),
    .init("inference_pool_average_kv_cache_utilization", "gauge", "name"),
    .init("inference_pool_average_queue_size", "gauge", "name"),
    .init("inference_pool_average_running_requests", "gauge", "name"),
    .init("inference_pool_ready_pods", "gauge", "name"),
    .init("inference_pool_per_pod_queue_size", "gauge", "model_server_pod name"),
    .init("inference_extension_scheduler_e2e_duration_seconds", "histogram", "", sched),
    .init(
      "inference_extension_scheduler_attempts_total", "counter", "namespace pod_name port status target_model_name"),
    .init(
      "inference_extension_plugin_duration_seconds", "histogram", "extension_point plugin_name plugin_type", sched),
    .init("inference_extension_prefix_indexer_size", "gauge"),
    .init("inference_extension_prefix_indexer_hit_ratio", "histogram", "", ratio),
    .init("inference_extension_prefix_indexer_hit_bytes", "histogram", "", hits),
    .init("inference_extension_info", "gauge", "build_ref commit"),
    .init(
      "inference_extension_model_rewrite_decisions_total", "counter", "model_name model_rewrite_name target_model"),
    .init(
      "inference_extension_flow_control_request_queue_duration_seconds", "histogram",
      "fairness_id inference_pool model_name outcome priority target_model_name", fc),
    .init(
      "inference_extension_flow_control_request_enqueue_duration_seconds", "histogram", "fairness_id outcome priority",
      sched),
    .init("inference_extension_flow_control_dispatch_cycle_duration_seconds", "histogram", "", sched),
    .init("inference_extension_flow_control_queue_size", "gauge", queue),
    .init("inference_extension_flow_control_queue_bytes", "gauge", queue),
    .init("inference_extension_flow_control_pool_saturation", "gauge", "inference_pool"),
  ]

  /// llm-d 0.10.
  static let newer: [Expected] = [
    .init("llm_d_epp_request_total", "counter", flow),
    .init("llm_d_epp_request_error_total", "counter", "error_code " + flow),
    .init("llm_d_epp_request_duration_seconds", "histogram", flow, gen),
    .init("llm_d_epp_request_size_bytes", "histogram", flow, req),
    .init("llm_d_epp_response_size_bytes", "histogram", flow, resp),
    .init("llm_d_epp_request_input_tokens", "histogram", flow, tok),
    .init("llm_d_epp_request_output_tokens", "histogram", flow, out),
    .init("llm_d_epp_request_cached_tokens", "histogram", flow, tok),
    .init("llm_d_epp_request_running", "gauge", flow),
    .init("llm_d_epp_request_ntpot_seconds", "histogram", flow, ntpot),
    .init(
      "llm_d_epp_request_ttft_seconds", "histogram", "fairness_id model_name priority streaming target_model_name",
      "0.005 0.025 0.05 0.1 0.2 0.4 0.6 0.8 1 1.25 1.5 2 3 4 5 6 8 10 15 20 30 45 60 120"),
    .init(
      "llm_d_epp_request_streaming_tpot_seconds", "histogram", flow,
      "0.0005 0.00205 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.125 0.15 0.2 0.3 0.4 0.5 0.6 0.8 1 2"),
    .init(
      "llm_d_epp_request_streaming_itl_seconds", "histogram", flow,
      "0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.15 0.2 0.3 0.5 0.75 1 2"),
    .init("llm_d_epp_average_kv_cache_utilization", "gauge", "name"),
    .init("llm_d_epp_average_queue_size", "gauge", "name"),
    .init("llm_d_epp_average_running_requests", "gauge", "name"),
    .init("llm_d_epp_std_dev_kv_cache_utilization", "gauge", "name"),
    .init("llm_d_epp_std_dev_queue_size", "gauge", "name"),
    .init("llm_d_epp_std_dev_running_requests", "gauge", "name"),
    .init("llm_d_epp_ready_endpoints", "gauge", "name"),
    .init("llm_d_epp_per_endpoint_queue_size", "gauge", "model_server_endpoint name"),
    .init("llm_d_epp_inflight_requests", "gauge", "endpoint_name fairness_id namespace priority producer_name"),
    .init("llm_d_epp_inflight_tokens", "gauge", "endpoint_name fairness_id namespace priority producer_name"),
    .init("llm_d_epp_scheduler_e2e_duration_seconds", "histogram", "", sched),
    .init("llm_d_epp_scheduler_attempts_total", "counter", "endpoint_name namespace port status target_model_name"),
    .init("llm_d_epp_plugin_duration_seconds", "histogram", "extension_point plugin_name plugin_type", sched),
    .init("llm_d_epp_prefix_indexer_size", "gauge", "plugin_name plugin_type"),
    .init("llm_d_epp_prefix_indexer_hit_ratio", "histogram", "plugin_name plugin_type", ratio),
    .init("llm_d_epp_prefix_indexer_hit_bytes", "histogram", "plugin_name plugin_type", hits),
    .init("llm_d_epp_info", "gauge", "build_ref commit"),
    .init("llm_d_epp_model_rewrite_decisions_total", "counter", "model_name model_rewrite_name target_model"),
    .init("llm_d_inference_scheduler_disagg_decision_total", "counter", "decision_type model_name"),
    .init("llm_d_epp_disagg_decision_total", "counter", "decision_type model_name plugin_name plugin_type"),
    .init("llm_d_inference_scheduler_datalayer_poll_errors_total", "counter", "source_type"),
    .init("llm_d_epp_datalayer_poll_errors_total", "counter", "source_type"),
    .init(
      "llm_d_epp_request_processing_duration_seconds", "histogram", "",
      "0.0005 0.001 0.002 0.005 0.01 0.015 0.025 0.04 0.06 0.1 0.25 0.5 1 2.5 5 10"),
    .init(
      "llm_d_epp_response_processing_duration_seconds", "histogram", "",
      "0.0001 0.00025 0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5"),
    .init(
      "llm_d_epp_flow_control_request_queue_duration_seconds", "histogram",
      "fairness_id inference_pool model_name outcome priority target_model_name", fc),
    .init(
      "llm_d_epp_flow_control_request_enqueue_duration_seconds", "histogram", "fairness_id outcome priority", sched),
    .init("llm_d_epp_flow_control_dispatch_cycle_duration_seconds", "histogram", "", sched),
    .init("llm_d_epp_flow_control_queue_size", "gauge", queue),
    .init("llm_d_epp_flow_control_queue_bytes", "gauge", queue),
    .init("llm_d_epp_flow_control_pool_saturation", "gauge", "inference_pool stage"),
    .init("llm_d_epp_flow_control_requests_total", "counter", "inference_pool outcome priority"),
    .init("llm_d_epp_flow_control_stale_endpoints", "gauge", "detector"),
    .init("llm_d_epp_flow_control_capacity_utilization_requests", "gauge", "inference_pool priority"),
    .init("llm_d_epp_flow_control_capacity_utilization_bytes", "gauge", "inference_pool priority"),
    .init("llm_d_epp_flow_control_global_capacity_utilization_requests", "gauge", "inference_pool"),
    .init("llm_d_epp_flow_control_global_capacity_utilization_bytes", "gauge", "inference_pool"),
  ]

  /// Ours.
  private static let own: [Expected] = [
    .init("understudy_kubernetes_watches_failing", "gauge", ""),
    .init("understudy_kubernetes_watch_losses_total", "counter", ""),
  ]

  private static let page = PickerPageReader(
    SampleShare.full, pools: [SampleShare.pool], kubernetes: WatchMetrics(failing: 1, losses: 2))

  @Test(arguments: released + newer + own)
  func isOnThePage(_ expected: Expected) throws {
    let page = Self.page
    #expect(page.types[expected.name] == expected.type)
    #expect(try #require(page.helps[expected.name]).hasPrefix("[ALPHA] "))
    let prefix = expected.buckets == nil ? expected.name : expected.name + "_count"
    let samples = page.named(prefix)
    #expect(!samples.isEmpty)
    for sample in samples { #expect(sample.labels.map(\.name).joined(separator: " ") == expected.labels) }
    guard let buckets = expected.buckets else { return }
    let all = page.named(expected.name + "_bucket")
    let series = Set(all.map { $0.labels.dropLast().map(\.value) })
    #expect(series.count == samples.count)
    for labels in series {
      let bounds = all.filter { $0.labels.dropLast().map(\.value) == labels }
      #expect(bounds.compactMap { $0[label: "le"] }.joined(separator: " ") == buckets + " +Inf")
      #expect(bounds.allSatisfy { $0.labels.last?.name == "le" })
      #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0.value <= $1.value })
    }
  }

  @Test func nothingElseIsOnThePage() {
    let expected = (Self.released + Self.newer + Self.own).map(\.name)
    #expect(Set(Self.page.families) == Set(expected))
    #expect(Set(PickerFamily.all.map(\.family.name)) == Set(expected))
    #expect(PickerFamily.all.count == expected.count)
    #expect(Self.page.malformed == 0)
  }
}
