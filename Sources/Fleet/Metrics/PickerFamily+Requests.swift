/// Requests and their answers.
extension PickerFamily {
  private static let models = ["model_name", "target_model_name"]
  private static let flow = models + ["fairness_id", "priority"]

  // GIE v1.5.
  static let objectiveRequests = PickerFamily(
    "inference_objective_request_total", .counter, models + ["priority"],
    help: "Requests that an endpoint was found for, by model, target model and priority.")
  static let objectiveErrors = PickerFamily(
    "inference_objective_request_error_total", .counter, models + ["error_code"],
    help: "Requests answered with an error, by model, target model and kind of error.")
  static let objectiveDuration = PickerFamily(
    "inference_objective_request_duration_seconds", .histogram(PickerBuckets.request), models,
    help: "Time from a request's arrival to the end of its answer, in seconds.")
  static let objectiveFirstToken = PickerFamily(
    "inference_objective_request_ttft_seconds", .histogram(PickerBuckets.request), models,
    help: "Time from a request's arrival to the first byte of its answer, in seconds; for a whole answer, to its end.")
  static let objectiveOutputToken = PickerFamily(
    "inference_objective_request_tpot_seconds", .histogram(PickerBuckets.outputToken), models,
    help: "Time of a streamed answer per token after the first, in seconds.")
  static let objectiveRequestBytes = PickerFamily(
    "inference_objective_request_sizes", .histogram(PickerBuckets.requestBytes), models,
    help: "Size of a request's body as sent to the model server, in bytes.")
  static let objectiveResponseBytes = PickerFamily(
    "inference_objective_response_sizes", .histogram(PickerBuckets.responseBytes), models,
    help: "Size of an answer's body, in bytes.")
  static let objectiveInputTokens = PickerFamily(
    "inference_objective_input_tokens", .histogram(PickerBuckets.inputTokens), models,
    help: "Tokens of a request's prompt.")
  static let objectiveCachedTokens = PickerFamily(
    "inference_objective_prompt_cached_tokens", .histogram(PickerBuckets.inputTokens), models,
    help: "Tokens of a request's prompt that the model server took from its prefix cache.")
  static let objectiveOutputTokens = PickerFamily(
    "inference_objective_output_tokens", .histogram(PickerBuckets.outputTokens), models, help: "Tokens of an answer.")
  static let objectiveRunning = PickerFamily(
    "inference_objective_running_requests", .sum, ["model_name"], help: "Requests whose answer is under way, by model.")
  static let objectiveNormalizedOutputToken = PickerFamily(
    "inference_objective_normalized_time_per_output_token_seconds",
    .histogram(PickerBuckets.normalizedOutputToken), models,
    help: "Time from a request's arrival to the end of its answer per token of the answer, in seconds.")

  // llm-d 0.10.
  static let requestTotal = objectiveRequests.renamed("llm_d_epp_request_total", flow)
  static let requestErrors = objectiveErrors.renamed("llm_d_epp_request_error_total", flow + ["error_code"])
  static let requestDuration = objectiveDuration.renamed("llm_d_epp_request_duration_seconds", flow)
  static let requestBytes = objectiveRequestBytes.renamed("llm_d_epp_request_size_bytes", flow)
  static let responseBytes = objectiveResponseBytes.renamed("llm_d_epp_response_size_bytes", flow)
  static let inputTokens = objectiveInputTokens.renamed("llm_d_epp_request_input_tokens", flow)
  static let cachedTokens = objectiveCachedTokens.renamed("llm_d_epp_request_cached_tokens", flow)
  static let outputTokens = objectiveOutputTokens.renamed("llm_d_epp_request_output_tokens", flow)
  static let running = objectiveRunning.renamed("llm_d_epp_request_running", flow)
  static let normalizedOutputToken = objectiveNormalizedOutputToken.renamed("llm_d_epp_request_ntpot_seconds", flow)
  static let firstToken = objectiveFirstToken.renamed(
    "llm_d_epp_request_ttft_seconds", flow + ["streaming"], .histogram(PickerBuckets.firstToken))
  static let outputToken = objectiveOutputToken.renamed(
    "llm_d_epp_request_streaming_tpot_seconds", flow, .histogram(PickerBuckets.streamedOutputToken))
  static let interToken = PickerFamily(
    "llm_d_epp_request_streaming_itl_seconds", .histogram(PickerBuckets.interToken), flow,
    help: "Time between two chunks of a streamed answer, in seconds.")

  /// Those of requests, answers and rewrites.
  static let requests = [
    objectiveRequests, objectiveErrors, objectiveDuration, objectiveFirstToken, objectiveOutputToken,
    objectiveRequestBytes, objectiveResponseBytes, objectiveInputTokens, objectiveCachedTokens, objectiveOutputTokens,
    objectiveRunning, objectiveNormalizedOutputToken, requestTotal, requestErrors, requestDuration, requestBytes,
    responseBytes, inputTokens, cachedTokens, outputTokens, running, normalizedOutputToken, firstToken, outputToken,
    interToken,
  ]
}
