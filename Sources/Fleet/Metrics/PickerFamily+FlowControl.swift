/// Flow control.
extension PickerFamily {
  private static let queue = ["fairness_id", "priority", "inference_pool", "model_name", "target_model_name"]

  // GIE v1.5.
  static let extensionWait = PickerFamily(
    "inference_extension_flow_control_request_queue_duration_seconds", .histogram(PickerBuckets.flowControl),
    ["fairness_id", "priority", "outcome", "inference_pool", "model_name", "target_model_name"],
    help: "Time that a request was in flow control, in seconds.")
  static let extensionEnqueue = PickerFamily(
    "inference_extension_flow_control_request_enqueue_duration_seconds", .histogram(PickerBuckets.scheduling),
    ["fairness_id", "priority", "outcome"], help: "Time that it took to queue a request, in seconds.")
  static let extensionCycle = PickerFamily(
    "inference_extension_flow_control_dispatch_cycle_duration_seconds", .histogram(PickerBuckets.scheduling),
    help: "Time of one round over the queues, in seconds.")
  static let extensionQueueSize = PickerFamily(
    "inference_extension_flow_control_queue_size", .sum, queue, help: "Requests that are in flow control.")
  static let extensionQueueBytes = PickerFamily(
    "inference_extension_flow_control_queue_bytes", .sum, queue, help: "Bytes of the requests that are in flow control."
  )
  static let extensionSaturation = PickerFamily(
    "inference_extension_flow_control_pool_saturation", .maximum, ["inference_pool"],
    help: "How full a pool is; from 1 on, requests wait.")

  // llm-d 0.10.
  static let wait = extensionWait.renamed("llm_d_epp_flow_control_request_queue_duration_seconds")
  static let enqueue = extensionEnqueue.renamed("llm_d_epp_flow_control_request_enqueue_duration_seconds")
  static let cycle = extensionCycle.renamed("llm_d_epp_flow_control_dispatch_cycle_duration_seconds")
  static let queueSize = extensionQueueSize.renamed("llm_d_epp_flow_control_queue_size")
  static let queueBytes = extensionQueueBytes.renamed("llm_d_epp_flow_control_queue_bytes")
  static let saturation = extensionSaturation.renamed(
    "llm_d_epp_flow_control_pool_saturation", ["inference_pool", "stage"])
  static let flowRequests = PickerFamily(
    "llm_d_epp_flow_control_requests_total", .counter, ["outcome", "priority", "inference_pool"],
    help: "Requests that left flow control, by what became of them.")
  static let staleEndpoints = PickerFamily(
    "llm_d_epp_flow_control_stale_endpoints", .sum, ["detector"],
    help: "Endpoints that count as full because their metrics are missing or old.")
  static let bandRequests = PickerFamily(
    "llm_d_epp_flow_control_capacity_utilization_requests", .maximum, ["priority", "inference_pool"],
    help: "Used share of the room that a priority has for requests.")
  static let bandBytes = PickerFamily(
    "llm_d_epp_flow_control_capacity_utilization_bytes", .maximum, ["priority", "inference_pool"],
    help: "Used share of the room that a priority has for bytes.")
  static let globalRequests = PickerFamily(
    "llm_d_epp_flow_control_global_capacity_utilization_requests", .maximum, ["inference_pool"],
    help: "Used share of the room that all priorities together have for requests.")
  static let globalBytes = PickerFamily(
    "llm_d_epp_flow_control_global_capacity_utilization_bytes", .maximum, ["inference_pool"],
    help: "Used share of the room that all priorities together have for bytes.")

  /// Those of flow control.
  static let flowControl = [
    extensionWait, extensionEnqueue, extensionCycle, extensionQueueSize, extensionQueueBytes, extensionSaturation,
    wait, enqueue, cycle, queueSize, queueBytes, saturation, flowRequests, staleEndpoints, bandRequests, bandBytes,
    globalRequests, globalBytes,
  ]
}
