/// Why a choice ended, as `vllm:request_success_total` counts it.
public enum FinishedReason: Int, Sendable, CaseIterable {
  case stop, length, abort, error, repetition
  /// Reasons of llm-d-inference-sim that vLLM counts under another name.
  case toolCalls, remoteDecode, cacheThreshold

  /// vLLM's label `finished_reason`.
  ///
  /// vLLM's engine knows neither tool calls (it saw a stop) nor remote decoding (it saw a maximum of one token).
  var finishedReason: String {
    switch self {
    case .stop, .toolCalls: "stop"
    case .length, .remoteDecode: "length"
    case .abort: "abort"
    case .error: "error"
    case .repetition: "repetition"
    case .cacheThreshold: "cache_threshold"
    }
  }

  /// llm-d-inference-sim's label `finish_reason`.
  var finishReason: String {
    switch self {
    case .toolCalls: "tool_calls"
    case .remoteDecode: "remote_decode"
    default: finishedReason
    }
  }

  /// vLLM's own reasons are on the page from the start, the others once they have occurred.
  var isShownAtZero: Bool {
    switch self {
    case .stop, .length, .abort, .error, .repetition: true
    case .toolCalls, .remoteDecode, .cacheThreshold: false
    }
  }
}

/// Why a request was refused before it was queued: the label `reason` of `vllm:admission_rejections_total`.
public enum RejectionReason: Int, Sendable, CaseIterable {
  case maxNumQueuedRequests, maxNumQueuedTokens

  var label: String {
    switch self {
    case .maxNumQueuedRequests: "max_num_queued_reqs"
    case .maxNumQueuedTokens: "max_num_queued_tokens"
    }
  }
}
