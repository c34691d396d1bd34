/// Metrics pages of engines as they send them, abridged.
enum MetricsPages {
  /// vLLM's, as this project serves it: 12 requests wait, 5 run, and the older name of the KV cache's use differs.
  static let vllm = #"""
    # HELP vllm:num_requests_running Requests in the running batch.
    # TYPE vllm:num_requests_running gauge
    vllm:num_requests_running{engine="0",model_name="org/model"} 5.0
    # HELP vllm:num_requests_waiting Requests that wait to be scheduled.
    # TYPE vllm:num_requests_waiting gauge
    vllm:num_requests_waiting{engine="0",model_name="org/model"} 12.0
    # HELP vllm:num_requests_waiting_by_reason Waiting requests by what holds them back: capacity, or deferred by something transient.
    # TYPE vllm:num_requests_waiting_by_reason gauge
    vllm:num_requests_waiting_by_reason{engine="0",model_name="org/model",reason="capacity"} 0.0
    vllm:num_requests_waiting_by_reason{engine="0",model_name="org/model",reason="deferred"} 0.0
    # HELP vllm:engine_sleep_state 1 for the sleep state that the engine is in.
    # TYPE vllm:engine_sleep_state gauge
    vllm:engine_sleep_state{engine="0",model_name="org/model",sleep_state="awake"} 1.0
    vllm:engine_sleep_state{engine="0",model_name="org/model",sleep_state="weights_offloaded"} 0.0
    vllm:engine_sleep_state{engine="0",model_name="org/model",sleep_state="discard_all"} 0.0
    # HELP vllm:kv_cache_usage_perc Share of the KV cache in use; 1 is all of it.
    # TYPE vllm:kv_cache_usage_perc gauge
    vllm:kv_cache_usage_perc{engine="0",model_name="org/model"} 0.4375
    # HELP vllm:gpu_cache_usage_perc Older name of vllm:kv_cache_usage_perc.
    # TYPE vllm:gpu_cache_usage_perc gauge
    vllm:gpu_cache_usage_perc{engine="0",model_name="org/model"} 0.25
    # HELP vllm:prefix_cache_queries_total Tokens looked up in the prefix cache.
    # TYPE vllm:prefix_cache_queries_total counter
    vllm:prefix_cache_queries_total{engine="0",model_name="org/model"} 0.0
    # HELP vllm:prefix_cache_hits_total Tokens found in the prefix cache.
    # TYPE vllm:prefix_cache_hits_total counter
    vllm:prefix_cache_hits_total{engine="0",model_name="org/model"} 0.0
    # HELP vllm:external_prefix_cache_queries_total Tokens looked up in a cache of another instance.
    # TYPE vllm:external_prefix_cache_queries_total counter
    vllm:external_prefix_cache_queries_total{engine="0",model_name="org/model"} 0.0
    # HELP vllm:external_prefix_cache_hits_total Tokens found in a cache of another instance.
    # TYPE vllm:external_prefix_cache_hits_total counter
    vllm:external_prefix_cache_hits_total{engine="0",model_name="org/model"} 0.0
    # HELP vllm:mm_cache_queries_total Items looked up in the multi-modal cache.
    # TYPE vllm:mm_cache_queries_total counter
    vllm:mm_cache_queries_total{engine="0",model_name="org/model"} 0.0
    # HELP vllm:mm_cache_hits_total Items found in the multi-modal cache.
    # TYPE vllm:mm_cache_hits_total counter
    vllm:mm_cache_hits_total{engine="0",model_name="org/model"} 0.0
    # HELP vllm:num_preemptions_total Preemptions: times a running request lost its KV blocks.
    # TYPE vllm:num_preemptions_total counter
    vllm:num_preemptions_total{engine="0",model_name="org/model"} 0.0
    # HELP vllm:prompt_tokens_total Prompt tokens processed.
    # TYPE vllm:prompt_tokens_total counter
    vllm:prompt_tokens_total{engine="0",model_name="org/model"} 0.0
    # HELP vllm:generation_tokens_total Tokens generated.
    # TYPE vllm:generation_tokens_total counter
    vllm:generation_tokens_total{engine="0",model_name="org/model"} 0.0
    # HELP vllm:admission_rejections_total Requests refused because a limit of the queue was reached.
    # TYPE vllm:admission_rejections_total counter
    vllm:admission_rejections_total{model_name="org/model",reason="max_num_queued_reqs"} 0.0
    vllm:admission_rejections_total{model_name="org/model",reason="max_num_queued_tokens"} 0.0
    # HELP vllm:time_to_first_token_seconds From arrival to the first token, queueing included.
    # TYPE vllm:time_to_first_token_seconds histogram
    vllm:time_to_first_token_seconds_bucket{engine="0",le="0.001",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="0.005",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="0.01",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="0.02",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="0.04",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="0.06",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="0.08",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="0.1",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="0.25",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="0.5",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="0.75",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="1.0",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="2.5",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="5.0",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="7.5",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="10.0",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="20.0",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="40.0",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="80.0",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="160.0",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="640.0",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="2560.0",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_bucket{engine="0",le="+Inf",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_count{engine="0",model_name="org/model"} 0.0
    vllm:time_to_first_token_seconds_sum{engine="0",model_name="org/model"} 0.0
    # HELP vllm:cache_config_info The settings of the KV cache, as labels; always 1.
    # TYPE vllm:cache_config_info gauge
    vllm:cache_config_info{block_size="16",cache_dtype="auto",enable_prefix_caching="True",engine="0",gpu_memory_utilization="0.92",hash_block_size="None",is_attention_free="False",kv_cache_max_concurrency="16.0",kv_cache_memory_bytes="None",kv_cache_size_tokens="16384",kv_offloading_backend="native",kv_offloading_size="None",kv_sharing_fast_prefill="False",mamba_block_size="None",mamba_cache_dtype="auto",mamba_cache_mode="none",mamba_page_size_padded="None",mamba_ssm_cache_dtype="auto",num_cpu_blocks="None",num_gpu_blocks="1024",num_gpu_blocks_override="None",prefix_caching_hash_algo="sha256",sliding_window="None",user_specified_block_size="False",user_specified_mamba_block_size="False"} 1.0
    # HELP vllm:lora_requests_info Adapters of running and waiting requests; the value is the Unix time.
    # TYPE vllm:lora_requests_info gauge
    vllm:lora_requests_info{max_lora="4",running_lora_adapters="sql-lora,chat",waiting_lora_adapters="tweets"} 1.7952690454270458e+09

    """#

  /// SGLang's.
  static let sglang = #"""
    # HELP sglang:num_running_reqs The number of running requests.
    # TYPE sglang:num_running_reqs gauge
    sglang:num_running_reqs{engine_type="unified",model_name="org/model",pp_rank="0",tp_rank="0"} 7.0
    # HELP sglang:num_used_tokens The number of used tokens.
    # TYPE sglang:num_used_tokens gauge
    sglang:num_used_tokens{engine_type="unified",model_name="org/model",pp_rank="0",tp_rank="0"} 123859.0
    # HELP sglang:token_usage The token usage.
    # TYPE sglang:token_usage gauge
    sglang:token_usage{engine_type="unified",model_name="org/model",pp_rank="0",tp_rank="0"} 0.28
    # HELP sglang:num_queue_reqs The number of requests in the waiting queue.
    # TYPE sglang:num_queue_reqs gauge
    sglang:num_queue_reqs{engine_type="unified",model_name="org/model",pp_rank="0",tp_rank="0"} 3.0
    # TYPE sglang:num_queue_reqs_by_priority gauge
    sglang:num_queue_reqs_by_priority{priority="0"} 9.0
    # HELP sglang:cache_config_info Information of the cache.
    # TYPE sglang:cache_config_info gauge
    sglang:cache_config_info{num_pages="14336",page_size="32"} 1.0

    """#

  /// The one of TensorRT-LLM's own server.
  static let trtllmServe = #"""
    # HELP trtllm_num_requests_running Requests that run.
    # TYPE trtllm_num_requests_running gauge
    trtllm_num_requests_running{engine_type="tensorrt",model_name="org/model"} 2.0
    # TYPE trtllm_num_requests_waiting gauge
    trtllm_num_requests_waiting{engine_type="tensorrt",model_name="org/model"} 1.0
    # TYPE trtllm_kv_cache_utilization gauge
    trtllm_kv_cache_utilization{engine_type="tensorrt",model_name="org/model"} 6.25e-02
    # TYPE trtllm_kv_cache_max_blocks gauge
    trtllm_kv_cache_max_blocks{engine_type="tensorrt",model_name="org/model"} 2048.0
    # TYPE trtllm_kv_cache_tokens_per_block gauge
    trtllm_kv_cache_tokens_per_block{engine_type="tensorrt",model_name="org/model"} 64.0

    """#

  /// Triton's with the TensorRT-LLM backend; its general metrics come first.
  static let tritonTensorRTLLM = #"""
    # TYPE nv_inference_exec_count counter
    nv_inference_exec_count{model="ensemble",version="1"} 812
    # TYPE nv_inference_pending_request_count gauge
    nv_inference_pending_request_count{model="ensemble",version="1"} 99
    # HELP nv_trt_llm_request_metrics TRT LLM request metrics
    # TYPE nv_trt_llm_request_metrics gauge
    nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="waiting",version="1"} 4
    nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="context",version="1"} 1
    nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="scheduled",version="1"} 6
    nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="max",version="1"} 512
    nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="active",version="1"} 10
    # HELP nv_trt_llm_kv_cache_block_metrics TRT LLM KV cache block metrics
    # TYPE nv_trt_llm_kv_cache_block_metrics gauge
    nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="fraction",model="tensorrt_llm",version="1"} 0.125
    nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="tokens_per",model="tensorrt_llm",version="1"} 64
    nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="used",model="tensorrt_llm",version="1"} 780
    nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="free",model="tensorrt_llm",version="1"} 5460
    nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="max",model="tensorrt_llm",version="1"} 6240

    """#

  /// Triton's with another backend.
  static let triton = #"""
    # HELP nv_inference_exec_count Number of model executions performed
    # TYPE nv_inference_exec_count counter
    nv_inference_exec_count{model="a",version="1"} 40
    nv_inference_exec_count{model="b",version="1"} 2
    # TYPE nv_inference_pending_request_count gauge
    nv_inference_pending_request_count{model="a",version="1"} 8
    nv_inference_pending_request_count{model="b",version="1"} 5

    """#

  /// A small one of vLLM's.
  static func vllm(waiting: Int, running: Int = 0, usage: Double = 0) -> String {
    "vllm:num_requests_waiting \(waiting)\nvllm:num_requests_running \(running)\nvllm:kv_cache_usage_perc \(usage)\n"
  }
}
