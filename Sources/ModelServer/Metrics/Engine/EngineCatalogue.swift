internal import Prometheus

/// Every series of an engine, in the order of the page: those of vLLM 0.33 (V1 metrics), then one of our own.
///
/// What this engine cannot do yet (reuse of prefixes, other caches) is counted as zero, as vLLM does.
enum EngineCatalogue {
  static let series =
    gauges + cacheCounters + requestCounters + tokenHistograms + latencyHistograms + sizeHistograms + ownHistograms

  private static let gauges: [EngineSeries] = [
    .gauge("vllm:num_requests_running", "Requests in the running batch.") { Double($0.running) },
    .gauge("vllm:num_requests_waiting", "Requests that wait to be scheduled.") { Double($0.waiting) },
    .gauges(
      "vllm:num_requests_waiting_by_reason",
      "Waiting requests by what holds them back: capacity, or deferred by something transient.",
      by: "reason", ["capacity", "deferred"]
    ) { load, index in Double(index == 0 ? load.waiting - load.deferred : load.deferred) },
    .gauges(
      "vllm:engine_sleep_state", "1 for the sleep state that the engine is in.",
      by: "sleep_state", SleepState.allCases.map(\.rawValue)
    ) { load, index in load.sleep == SleepState.allCases[index] ? 1 : 0 },
    .gauge("vllm:kv_cache_usage_perc", "Share of the KV cache in use; 1 is all of it.") { $0.kvCacheUsage },
    .gauge("vllm:gpu_cache_usage_perc", "Older name of vllm:kv_cache_usage_perc.") { $0.kvCacheUsage },
  ]

  private static let cacheCounters: [EngineSeries] = [
    .counter("vllm:prefix_cache_queries_total", "Tokens looked up in the prefix cache.") { $0.prefixCacheQueries },
    .counter("vllm:prefix_cache_hits_total", "Tokens found in the prefix cache.") { _ in Counter() },
    .counter("vllm:external_prefix_cache_queries_total", "Tokens looked up in a cache of another instance.") { _ in
      Counter()
    },
    .counter("vllm:external_prefix_cache_hits_total", "Tokens found in a cache of another instance.") { _ in
      Counter()
    },
    .counter("vllm:mm_cache_queries_total", "Items looked up in the multi-modal cache.") { _ in Counter() },
    .counter("vllm:mm_cache_hits_total", "Items found in the multi-modal cache.") { _ in Counter() },
  ]

  private static let requestCounters: [EngineSeries] = [
    .counter("vllm:num_preemptions_total", "Preemptions: times a running request lost its KV blocks.") {
      $0.preemptions
    },
    .counter("vllm:prompt_tokens_total", "Prompt tokens processed.") { $0.promptTokens },
    .counters(
      "vllm:prompt_tokens_by_source_total", "Prompt tokens by where their KV values came from.",
      by: "source", ["local_compute", "local_cache_hit", "external_kv_transfer"]
    ) { metrics, index in index == 0 ? metrics.promptTokens : Counter() },
    .counter("vllm:prompt_tokens_cached_total", "Prompt tokens that came from a cache.") { _ in Counter() },
    .counters(
      "vllm:prompt_tokens_cached_by_source_total", "Cached prompt tokens by where they were kept.",
      by: "source", ["device", "host", "p2p", "disk", "external_unspecified"]
    ) { _, _ in Counter() },
    .counter("vllm:generation_tokens_total", "Tokens generated.") { $0.generationTokens },
    requestSuccess,
    admissionRejections,
  ]

  private static let requestSuccess = EngineSeries(
    family: Family(
      "vllm:request_success_total", .counter,
      help: "Ended requests by reason; finished_reason is vLLM's label, finish_reason llm-d-inference-sim's."),
    values: .scalars(
      variants: FinishedReason.allCases.map {
        ["finished_reason": $0.finishedReason, "finish_reason": $0.finishReason]
      }
    ) { sample, index in
      let count = sample.metrics.endings[index].value
      return count > 0 || FinishedReason.allCases[index].isShownAtZero ? Double(count) : nil
    })

  private static let admissionRejections = EngineSeries(
    family: Family(
      "vllm:admission_rejections_total", .counter, help: "Requests refused because a limit of the queue was reached."),
    values: .scalars(variants: RejectionReason.allCases.map { ["reason": $0.label] }) { sample, index in
      Double(sample.metrics.rejections[index].value)
    },
    hasEngineLabel: false)

  private static let tokenHistograms: [EngineSeries] = [
    .histogram("vllm:iteration_tokens_total", "Tokens of prefills and decodes per engine step.", .iterationTokens),
    .histogram(
      "vllm:time_to_first_token_seconds", "From arrival to the first token, queueing included.", .timeToFirstToken),
    .histogram(
      "vllm:inter_token_latency_seconds", "Between one output step of a request and the next.", .interTokenLatency),
    .histogram(
      "vllm:time_per_output_token_seconds", "Older name of vllm:inter_token_latency_seconds.", .interTokenLatency),
  ]

  private static let latencyHistograms: [EngineSeries] = [
    .histogram(
      "vllm:request_time_per_output_token_seconds", "Mean time per token after the first, per request.",
      .timePerOutputToken),
    .histogram("vllm:e2e_request_latency_seconds", "From arrival to the last token.", .endToEndLatency),
    .histogram("vllm:request_queue_time_seconds", "From arrival until first scheduled.", .queueTime),
    .histogram("vllm:request_inference_time_seconds", "From first scheduled to the last token.", .inferenceTime),
    .histogram("vllm:request_prefill_time_seconds", "From first scheduled to the first token.", .prefillTime),
    .histogram("vllm:request_decode_time_seconds", "From the first token to the last.", .decodeTime),
  ]

  private static let sizeHistograms: [EngineSeries] = [
    .histogram("vllm:request_prompt_tokens", "Prompt tokens per request.", .promptTokens),
    .histogram("vllm:request_generation_tokens", "Generated tokens per request.", .generationTokens),
    .histogram(
      "vllm:request_max_num_generation_tokens", "Tokens of the longest of a request's choices.", .maxGenerationTokens),
    .histogram(
      "vllm:max_num_generation_tokens", "Generated tokens per choice, by llm-d-inference-sim's name.", .generationTokens
    ),
    .histogram("vllm:request_params_n", "The parameter n of requests.", .n),
    .histogram("vllm:request_params_max_tokens", "The maximum of tokens in force for requests.", .maxTokens),
    .histogram(
      "vllm:request_prefill_kv_computed_tokens", "Prompt tokens computed in prefill, cached ones excluded.",
      .prefillComputedTokens),
    .histogram("vllm:request_num_preemptions", "Preemptions per request.", .preemptions),
  ]

  private static let ownHistograms: [EngineSeries] = [
    .histogram(
      "understudy_emission_lateness_seconds",
      "From when a token, or a whole answer, was due until the system had it to send.", .emissionLateness)
  ]
}
