"""The series that vLLM 0.33 shows for an engine, as far as this server can know them (vllm.md, metrics)."""

from collections.abc import Sequence

LABELS = {"engine", "model_name"}

REQUEST_LATENCY = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680]
TIME_TO_FIRST_TOKEN = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560,
]  # fmt: skip
INTER_TOKEN = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80]
ITERATION_TOKENS = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384]
PARAMS_N = [1, 2, 5, 10, 20]
PREEMPTIONS = [1, 2, 3, 4, 5, 10, 20]
# Up to a context of 1,024 tokens.
TOKENS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

HISTOGRAMS: dict[str, Sequence[float]] = {
    "vllm:time_to_first_token_seconds": TIME_TO_FIRST_TOKEN,
    "vllm:inter_token_latency_seconds": INTER_TOKEN,
    "vllm:time_per_output_token_seconds": INTER_TOKEN,
    "vllm:request_time_per_output_token_seconds": INTER_TOKEN,
    "vllm:e2e_request_latency_seconds": REQUEST_LATENCY,
    "vllm:request_queue_time_seconds": REQUEST_LATENCY,
    "vllm:request_inference_time_seconds": REQUEST_LATENCY,
    "vllm:request_prefill_time_seconds": REQUEST_LATENCY,
    "vllm:request_decode_time_seconds": REQUEST_LATENCY,
    "vllm:request_prompt_tokens": TOKENS,
    "vllm:request_generation_tokens": TOKENS,
    "vllm:request_max_num_generation_tokens": TOKENS,
    "vllm:max_num_generation_tokens": TOKENS,
    "vllm:request_params_max_tokens": TOKENS,
    "vllm:request_prefill_kv_computed_tokens": TOKENS,
    "vllm:request_params_n": PARAMS_N,
    "vllm:request_num_preemptions": PREEMPTIONS,
    "vllm:iteration_tokens_total": ITERATION_TOKENS,
}

# Name, and the values that its own labels take.
GAUGES: dict[str, dict[str, list[str]]] = {
    "vllm:num_requests_running": {},
    "vllm:num_requests_waiting": {},
    "vllm:num_requests_waiting_by_reason": {"reason": ["capacity", "deferred"]},
    "vllm:engine_sleep_state": {"sleep_state": ["awake", "weights_offloaded", "discard_all"]},
    "vllm:kv_cache_usage_perc": {},
    "vllm:gpu_cache_usage_perc": {},
}

COUNTERS: dict[str, dict[str, list[str]]] = {
    "vllm:prefix_cache_queries_total": {},
    "vllm:prefix_cache_hits_total": {},
    "vllm:external_prefix_cache_queries_total": {},
    "vllm:external_prefix_cache_hits_total": {},
    "vllm:mm_cache_queries_total": {},
    "vllm:mm_cache_hits_total": {},
    "vllm:num_preemptions_total": {},
    "vllm:prompt_tokens_total": {},
    "vllm:generation_tokens_total": {},
    "vllm:prompt_tokens_by_source_total": {"source": ["local_compute", "local_cache_hit", "external_kv_transfer"]},
    "vllm:prompt_tokens_cached_total": {},
    "vllm:prompt_tokens_cached_by_source_total": {
        "source": ["device", "host", "p2p", "disk", "external_unspecified"],
    },
    "vllm:request_success_total": {"finished_reason": ["stop", "length", "abort", "error", "repetition"]},
    "vllm:admission_rejections_total": {"reason": ["max_num_queued_reqs", "max_num_queued_tokens"]},
}
