/// Picks, prefix indexes, rewrites, and the picker itself.
extension PickerFamily {
  private static let plugin = ["plugin_name", "plugin_type"]

  // GIE v1.5.
  static let extensionScheduling = PickerFamily(
    "inference_extension_scheduler_e2e_duration_seconds", .histogram(PickerBuckets.scheduling),
    help: "Time that a pick took, in seconds.")
  static let extensionAttempts = PickerFamily(
    "inference_extension_scheduler_attempts_total", .counter,
    ["status", "target_model_name", "pod_name", "namespace", "port"],
    help: "Picks, by whether they found an endpoint and which one.")
  static let extensionPluginDuration = PickerFamily(
    "inference_extension_plugin_duration_seconds", .histogram(PickerBuckets.scheduling),
    ["extension_point", "plugin_type", "plugin_name"], help: "Time that a plugin took in a pick, in seconds.")
  static let extensionPrefixSize = PickerFamily(
    "inference_extension_prefix_indexer_size", .sum, help: "Entries of the prefix indexes.")
  static let extensionPrefixRatio = PickerFamily(
    "inference_extension_prefix_indexer_hit_ratio", .histogram(PickerBuckets.ratio),
    help: "Share of a prompt that the chosen endpoint was thought to have in its prefix cache.")
  static let extensionPrefixBytes = PickerFamily(
    "inference_extension_prefix_indexer_hit_bytes", .histogram(PickerBuckets.prefixBytes),
    help: "Bytes of a prompt that the chosen endpoint was thought to have in its prefix cache.")
  static let extensionInfo = PickerFamily(
    "inference_extension_info", .maximum, ["commit", "build_ref"], help: "The build that runs; always 1.")
  static let extensionRewrites = PickerFamily(
    "inference_extension_model_rewrite_decisions_total", .counter,
    ["model_rewrite_name", "model_name", "target_model"], help: "Requests whose model a rewrite decided.")

  // llm-d 0.10, and its forerunner's names of what GIE does not have.
  static let schedulerDisaggregations = PickerFamily(
    "llm_d_inference_scheduler_disagg_decision_total", .counter, ["model_name", "decision_type"],
    help: "Requests by the stages that were given to endpoints of their own.")
  static let schedulerPollErrors = PickerFamily(
    "llm_d_inference_scheduler_datalayer_poll_errors_total", .counter, ["source_type"],
    help: "Attempts to read an endpoint's metrics that failed.")
  static let schedulingDuration = extensionScheduling.renamed("llm_d_epp_scheduler_e2e_duration_seconds")
  static let attempts = extensionAttempts.renamed(
    "llm_d_epp_scheduler_attempts_total", ["status", "target_model_name", "endpoint_name", "namespace", "port"])
  static let pluginDuration = extensionPluginDuration.renamed("llm_d_epp_plugin_duration_seconds")
  static let prefixSize = extensionPrefixSize.renamed("llm_d_epp_prefix_indexer_size", plugin)
  static let prefixRatio = extensionPrefixRatio.renamed("llm_d_epp_prefix_indexer_hit_ratio", plugin)
  static let prefixBytes = extensionPrefixBytes.renamed("llm_d_epp_prefix_indexer_hit_bytes", plugin)
  static let info = extensionInfo.renamed("llm_d_epp_info")
  static let rewrites = extensionRewrites.renamed("llm_d_epp_model_rewrite_decisions_total")
  static let disaggregations = schedulerDisaggregations.renamed(
    "llm_d_epp_disagg_decision_total", plugin + ["model_name", "decision_type"])
  static let pollErrors = schedulerPollErrors.renamed("llm_d_epp_datalayer_poll_errors_total")
  static let requestProcessing = PickerFamily(
    "llm_d_epp_request_processing_duration_seconds", .histogram(PickerBuckets.requestProcessing),
    help: "Time from a request's arrival until its body was dealt with, in seconds.")
  static let responseProcessing = PickerFamily(
    "llm_d_epp_response_processing_duration_seconds", .histogram(PickerBuckets.responseProcessing),
    help: "Time spent on passing an answer on, in seconds.")

  // Our own.
  static let failingWatches = PickerFamily(
    "understudy_kubernetes_watches_failing", .sum,
    help: "Lists and watches of the Kubernetes API server that fail now; what they told last stays in force.")
  static let lostWatches = PickerFamily(
    "understudy_kubernetes_watch_losses_total", .counter,
    help: "Times that a list or watch of the Kubernetes API server began to fail.")

  /// Those of picks and what leads to them.
  static let scheduling = [
    extensionScheduling, extensionAttempts, extensionPluginDuration, extensionPrefixSize, extensionPrefixRatio,
    extensionPrefixBytes, extensionInfo, extensionRewrites, schedulerDisaggregations, schedulerPollErrors,
    schedulingDuration, attempts, pluginDuration, prefixSize, prefixRatio, prefixBytes, info, rewrites, disaggregations,
    pollErrors, requestProcessing, responseProcessing, failingWatches, lostWatches,
  ]
}
