import Prometheus
import Testing

@testable import ModelServer

/// The page before the first request.
@Suite struct MetricsZeroStateTests {
  private static let plain = [
    "vllm:num_requests_running", "vllm:num_requests_waiting", "vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc",
    "vllm:prefix_cache_queries_total", "vllm:prefix_cache_hits_total", "vllm:external_prefix_cache_queries_total",
    "vllm:external_prefix_cache_hits_total", "vllm:mm_cache_queries_total", "vllm:mm_cache_hits_total",
    "vllm:num_preemptions_total", "vllm:prompt_tokens_total", "vllm:prompt_tokens_cached_total",
    "vllm:generation_tokens_total",
  ]

  @Test(arguments: plain)
  func isZero(_ name: String) {
    #expect(MetricsFixture().scrape().value(name, ["model_name": "m", "engine": "0"]) == 0)
  }

  @Test(
    arguments: [
      ("vllm:num_requests_waiting_by_reason", "reason", ["capacity", "deferred"]),
      ("vllm:prompt_tokens_by_source_total", "source", ["local_compute", "local_cache_hit", "external_kv_transfer"]),
      (
        "vllm:prompt_tokens_cached_by_source_total", "source",
        ["device", "host", "p2p", "disk", "external_unspecified"]
      ),
      ("vllm:request_success_total", "finished_reason", ["stop", "length", "abort", "error", "repetition"]),
      ("vllm:request_success_total", "finish_reason", ["stop", "length", "abort", "error", "repetition"]),
      ("vllm:admission_rejections_total", "reason", ["max_num_queued_reqs", "max_num_queued_tokens"]),
    ] as [(String, String, [String])])
  func isZeroFor(_ name: String, _ label: String, _ values: [String]) {
    let series = MetricsFixture().scrape().filter { $0.name == name }
    #expect(series.map { $0[label: label] } == values)
    #expect(series.allSatisfy { $0.value == 0 && $0[label: "model_name"] == "m" })
    let withEngine = name != "vllm:admission_rejections_total"
    #expect(series.allSatisfy { $0[label: "engine"] == (withEngine ? "0" : nil) })
  }

  private static let latency = [
    "0.3", "0.5", "0.8", "1.0", "1.5", "2.0", "2.5", "5.0", "10.0", "15.0", "20.0", "30.0", "40.0", "50.0", "60.0",
    "120.0", "240.0", "480.0", "960.0", "1920.0", "7680.0", "+Inf",
  ]
  private static let firstToken = [
    "0.001", "0.005", "0.01", "0.02", "0.04", "0.06", "0.08", "0.1", "0.25", "0.5", "0.75", "1.0", "2.5", "5.0", "7.5",
    "10.0", "20.0", "40.0", "80.0", "160.0", "640.0", "2560.0", "+Inf",
  ]
  private static let perToken = [
    "0.01", "0.025", "0.05", "0.075", "0.1", "0.15", "0.2", "0.3", "0.4", "0.5", "0.75", "1.0", "2.5", "5.0", "7.5",
    "10.0", "20.0", "40.0", "80.0", "+Inf",
  ]
  private static let tokens = [
    "1.0", "2.0", "5.0", "10.0", "20.0", "50.0", "100.0", "200.0", "500.0", "1000.0", "+Inf",
  ]

  @Test(
    arguments: [
      ("vllm:time_to_first_token_seconds", firstToken),
      ("vllm:inter_token_latency_seconds", perToken),
      ("vllm:time_per_output_token_seconds", perToken),
      ("vllm:request_time_per_output_token_seconds", perToken),
      ("vllm:e2e_request_latency_seconds", latency),
      ("vllm:request_queue_time_seconds", latency),
      ("vllm:request_inference_time_seconds", latency),
      ("vllm:request_prefill_time_seconds", latency),
      ("vllm:request_decode_time_seconds", latency),
      ("vllm:request_prompt_tokens", tokens),
      ("vllm:request_generation_tokens", tokens),
      ("vllm:request_max_num_generation_tokens", tokens),
      ("vllm:max_num_generation_tokens", tokens),
      ("vllm:request_params_max_tokens", tokens),
      ("vllm:request_prefill_kv_computed_tokens", tokens),
      ("vllm:request_params_n", ["1.0", "2.0", "5.0", "10.0", "20.0", "+Inf"]),
      ("vllm:request_num_preemptions", ["1.0", "2.0", "3.0", "4.0", "5.0", "10.0", "20.0", "+Inf"]),
      (
        "vllm:iteration_tokens_total",
        [
          "1.0", "8.0", "16.0", "32.0", "64.0", "128.0", "256.0", "512.0", "1024.0", "2048.0", "4096.0", "8192.0",
          "16384.0", "+Inf",
        ]
      ),
    ] as [(String, [String])])
  func histogramHasItsBuckets(_ name: String, _ bounds: [String]) {
    let scrape = MetricsFixture().scrape()
    let buckets = scrape.filter { $0.name == name + "_bucket" }
    #expect(buckets.map { $0[label: "le"] } == bounds)
    #expect(buckets.allSatisfy { $0.value == 0 && $0[label: "model_name"] == "m" && $0[label: "engine"] == "0" })
    #expect(scrape.value(name + "_count") == 0)
    #expect(scrape.value(name + "_sum") == 0)
  }

  @Test func sleepStateIsAwake() {
    let states = MetricsFixture().scrape().filter { $0.name == "vllm:engine_sleep_state" }
    #expect(states.map { $0[label: "sleep_state"] } == ["awake", "weights_offloaded", "discard_all"])
    #expect(states.map(\.value) == [1, 0, 0])
  }

  @Test func cacheConfigIsOneAndHasNoModelName() throws {
    let series = MetricsFixture().scrape().filter { $0.name == "vllm:cache_config_info" }
    let info = try #require(series.first)
    #expect(series.count == 1)
    #expect(info.value == 1)
    let expected = [
      "block_size": "16", "num_gpu_blocks": "1024", "num_gpu_blocks_override": "None", "engine": "0",
      "cache_dtype": "auto", "enable_prefix_caching": "True", "gpu_memory_utilization": "0.92",
      "kv_cache_size_tokens": "16384", "kv_cache_max_concurrency": "16.0", "sliding_window": "None",
    ]
    for (label, value) in expected { #expect(info[label: label] == value, "\(label)") }
    #expect(info[label: "model_name"] == nil)
  }

  @Test func withoutEngineStatisticsOnlyTheServerIsShown() {
    let names = MetricsFixture(models: []).scrape().map(\.name)
    #expect(!names.contains { $0.hasPrefix("vllm:") })
    #expect(names.contains("http_request_duration_highr_seconds_count"))
  }
}
