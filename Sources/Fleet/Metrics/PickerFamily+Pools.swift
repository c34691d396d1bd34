/// Pools and their endpoints.
extension PickerFamily {
  // GIE v1.5.
  static let poolKVUsage = PickerFamily(
    "inference_pool_average_kv_cache_utilization", .maximum, ["name"],
    help: "Average over a pool's ready endpoints of the used share of the KV cache.")
  static let poolQueue = PickerFamily(
    "inference_pool_average_queue_size", .maximum, ["name"],
    help: "Average over a pool's ready endpoints of the requests that wait in the model server.")
  static let poolRunning = PickerFamily(
    "inference_pool_average_running_requests", .maximum, ["name"],
    help: "Average over a pool's ready endpoints of the requests that run in the model server.")
  static let poolReady = PickerFamily(
    "inference_pool_ready_pods", .sum, ["name"], help: "Endpoints of a pool whose metrics are recent.")
  static let poolPodQueue = PickerFamily(
    "inference_pool_per_pod_queue_size", .sum, ["name", "model_server_pod"],
    help: "Requests that wait in one model server of a pool.")

  // llm-d 0.10.
  static let averageKVUsage = poolKVUsage.renamed("llm_d_epp_average_kv_cache_utilization")
  static let averageQueue = poolQueue.renamed("llm_d_epp_average_queue_size")
  static let averageRunning = poolRunning.renamed("llm_d_epp_average_running_requests")
  static let deviationKVUsage = PickerFamily(
    "llm_d_epp_std_dev_kv_cache_utilization", .maximum, ["name"],
    help: "Standard deviation over a pool's ready endpoints of the used share of the KV cache.")
  static let deviationQueue = PickerFamily(
    "llm_d_epp_std_dev_queue_size", .maximum, ["name"],
    help: "Standard deviation over a pool's ready endpoints of the requests that wait in the model server.")
  static let deviationRunning = PickerFamily(
    "llm_d_epp_std_dev_running_requests", .maximum, ["name"],
    help: "Standard deviation over a pool's ready endpoints of the requests that run in the model server.")
  static let readyEndpoints = poolReady.renamed("llm_d_epp_ready_endpoints")
  static let endpointQueue = poolPodQueue.renamed(
    "llm_d_epp_per_endpoint_queue_size", ["name", "model_server_endpoint"])
  static let inFlightRequests = PickerFamily(
    "llm_d_epp_inflight_requests", .sum, ["endpoint_name", "namespace", "producer_name", "fairness_id", "priority"],
    help: "Requests that were sent to an endpoint and have not finished.")
  static let inFlightTokens = PickerFamily(
    "llm_d_epp_inflight_tokens", .sum, ["endpoint_name", "namespace", "producer_name", "fairness_id", "priority"],
    help: "Estimated tokens of the requests that were sent to an endpoint and have not finished.")

  /// Those of pools and their endpoints.
  static let pools = [
    poolKVUsage, poolQueue, poolRunning, poolReady, poolPodQueue, averageKVUsage, averageQueue, averageRunning,
    deviationKVUsage, deviationQueue, deviationRunning, readyEndpoints, endpointQueue, inFlightRequests,
    inFlightTokens,
  ]
}
