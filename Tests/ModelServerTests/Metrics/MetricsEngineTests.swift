import Prometheus
import Simulation
import Testing

@testable import ModelServer

/// Exact counts after scripted requests.
@Suite struct MetricsEngineTests {
  /// Arrives at 1 s, is scheduled at 1.5 s, and gives 5 tokens from 2 s on, 250 ms apart.
  private static func life(n: Int = 1, reason: FinishedReason = .length) -> EngineMetrics {
    var metrics = EngineMetrics(maxModelLen: 1024)
    metrics.scheduled(promptTokens: 20)
    metrics.firstToken(after: .milliseconds(1000), promptTokens: 20)
    metrics.endIteration()
    for _ in 0..<4 {
      metrics.tokens(1, gap: .milliseconds(250))
      metrics.endIteration()
    }
    metrics.endIteration()
    metrics.finished(
      RequestRecord(
        arrival: at(1000), scheduled: at(1500), firstToken: at(2000), lastToken: at(3000), promptTokens: 20,
        generationTokens: 5, maxTokens: 6, reason: reason, preemptions: 2,
        completes: RequestCompletion(n: n, maxGenerationTokens: 7)))
    return metrics
  }

  private static func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

  private static func scrape(_ metrics: EngineMetrics, _ load: LoadSnapshot = LoadSnapshot()) -> [ParsedSample] {
    var fixture = MetricsFixture()
    fixture.samples = [EngineSample(metrics: metrics, load: load)]
    return fixture.scrape()
  }

  @Test(
    arguments: [
      ("vllm:prompt_tokens_total", 20), ("vllm:generation_tokens_total", 5), ("vllm:prefix_cache_queries_total", 20),
      ("vllm:prefix_cache_hits_total", 0),
    ] as [(String, Double)])
  func counts(_ name: String, _ value: Double) {
    #expect(Self.scrape(Self.life()).value(name) == value)
  }

  @Test(
    arguments: [
      ("vllm:time_to_first_token_seconds", 1, 1, "0.75", 0),
      ("vllm:inter_token_latency_seconds", 4, 1, "0.2", 0),
      ("vllm:inter_token_latency_seconds", 4, 1, "0.3", 4),
      ("vllm:time_per_output_token_seconds", 4, 1, "0.3", 4),
      ("vllm:request_time_per_output_token_seconds", 1, 0.25, "0.3", 1),
      ("vllm:e2e_request_latency_seconds", 1, 2, "1.5", 0),
      ("vllm:request_queue_time_seconds", 1, 0.5, "0.5", 1),
      ("vllm:request_inference_time_seconds", 1, 1.5, "1.5", 1),
      ("vllm:request_prefill_time_seconds", 1, 0.5, "0.3", 0),
      ("vllm:request_decode_time_seconds", 1, 1, "1.0", 1),
      ("vllm:request_prompt_tokens", 1, 20, "20.0", 1),
      ("vllm:request_generation_tokens", 1, 5, "5.0", 1),
      ("vllm:max_num_generation_tokens", 1, 5, "5.0", 1),
      ("vllm:request_max_num_generation_tokens", 1, 7, "5.0", 0),
      ("vllm:request_params_max_tokens", 1, 6, "10.0", 1),
      ("vllm:request_prefill_kv_computed_tokens", 1, 20, "20.0", 1),
      ("vllm:request_params_n", 1, 1, "1.0", 1),
      ("vllm:request_num_preemptions", 1, 2, "2.0", 1),
      ("vllm:iteration_tokens_total", 5, 25, "1.0", 4),
    ] as [(String, Double, Double, String, Double)])
  func observes(_ name: String, _ count: Double, _ sum: Double, _ bound: String, _ cumulative: Double) {
    let scrape = Self.scrape(Self.life())
    #expect(scrape.value(name + "_count") == count)
    #expect(scrape.value(name + "_sum") == sum)
    #expect(scrape.value(name + "_bucket", ["le": bound]) == cumulative)
    #expect(scrape.value(name + "_bucket", ["le": "+Inf"]) == count)
  }

  @Test func tokensOfOneInstantAreStepsOfTheirOwn() {
    var metrics = EngineMetrics(maxModelLen: 1024)
    metrics.firstToken(after: .zero, promptTokens: 3)
    metrics.tokens(127, gap: .milliseconds(20))
    metrics.tokens(0, gap: .seconds(9))
    metrics.endIteration()
    let scrape = Self.scrape(metrics)
    #expect(scrape.value("vllm:generation_tokens_total") == 128)
    #expect(scrape.value("vllm:inter_token_latency_seconds_count") == 127)
    #expect(scrape.value("vllm:inter_token_latency_seconds_sum") == 0.02)
    #expect(scrape.value("vllm:inter_token_latency_seconds_bucket", ["le": "0.01"]) == 126)
    #expect(scrape.value("vllm:iteration_tokens_total_sum") == 131)
    #expect(scrape.value("vllm:iteration_tokens_total_count") == 1)
  }

  @Test func choicesShareOneParameterObservation() {
    var metrics = EngineMetrics(maxModelLen: 1024)
    let now = Self.at(0)
    for (tokens, completes) in [(3, nil), (9, RequestCompletion(n: 2, maxGenerationTokens: 9))] {
      metrics.finished(
        RequestRecord(
          arrival: now, scheduled: now, firstToken: now, lastToken: now, promptTokens: 1, generationTokens: tokens,
          maxTokens: nil, reason: .stop, completes: completes))
    }
    let scrape = Self.scrape(metrics)
    #expect(scrape.value("vllm:request_success_total", ["finished_reason": "stop"]) == 2)
    #expect(scrape.value("vllm:request_generation_tokens_count") == 2)
    #expect(scrape.value("vllm:request_params_n_count") == 1)
    #expect(scrape.value("vllm:request_params_n_sum") == 2)
    #expect(scrape.value("vllm:request_max_num_generation_tokens_sum") == 9)
    #expect(scrape.value("vllm:request_params_max_tokens_count") == 0)
  }

  @Test func oneTokenHasNoTimePerOutputToken() {
    var metrics = EngineMetrics(maxModelLen: 1024)
    metrics.finished(
      RequestRecord(
        arrival: Self.at(0), scheduled: Self.at(0), firstToken: Self.at(10), lastToken: Self.at(10), promptTokens: 1,
        generationTokens: 1, maxTokens: 1, reason: .length, completes: RequestCompletion(n: 1, maxGenerationTokens: 1)))
    #expect(Self.scrape(metrics).value("vllm:request_time_per_output_token_seconds_sum") == 0)
    #expect(Self.scrape(metrics).value("vllm:request_time_per_output_token_seconds_count") == 1)
  }

  @Test(arguments: FinishedReason.allCases)
  func endingsAreCountedUnderBothLabels(_ reason: FinishedReason) {
    let scrape = Self.scrape(Self.life(reason: reason))
    let names: [FinishedReason: (String, String)] = [
      .stop: ("stop", "stop"), .length: ("length", "length"), .abort: ("abort", "abort"), .error: ("error", "error"),
      .repetition: ("repetition", "repetition"), .toolCalls: ("stop", "tool_calls"),
      .remoteDecode: ("length", "remote_decode"), .cacheThreshold: ("cache_threshold", "cache_threshold"),
    ]
    let (finished, finish) = names[reason] ?? ("", "")
    #expect(
      scrape.value("vllm:request_success_total", ["finished_reason": finished, "finish_reason": finish]) == 1)
    #expect(scrape.filter { $0.name == "vllm:request_success_total" }.reduce(0) { $0 + $1.value } == 1)
  }

  @Test func abortsRejectionsAndPreemptionsCount() {
    var metrics = EngineMetrics(maxModelLen: 1024)
    metrics.aborted()
    metrics.aborted(.error)
    metrics.preempted()
    metrics.rejected(.maxNumQueuedRequests)
    metrics.rejected(.maxNumQueuedRequests)
    let scrape = Self.scrape(metrics)
    #expect(scrape.value("vllm:request_success_total", ["finished_reason": "abort"]) == 1)
    #expect(scrape.value("vllm:request_success_total", ["finished_reason": "error"]) == 1)
    #expect(scrape.value("vllm:e2e_request_latency_seconds_count") == 0)
    #expect(scrape.value("vllm:num_preemptions_total") == 1)
    #expect(scrape.value("vllm:admission_rejections_total", ["reason": "max_num_queued_reqs"]) == 2)
    #expect(scrape.value("vllm:admission_rejections_total", ["reason": "max_num_queued_tokens"]) == 0)
  }

  @Test func gaugesShowTheLoad() {
    var load = LoadSnapshot()
    load.running = 5
    load.waiting = 7
    load.deferred = 2
    load.kvCacheUsage = 0.375
    load.sleep = .discardAll
    let scrape = Self.scrape(EngineMetrics(maxModelLen: 1024), load)
    #expect(scrape.value("vllm:num_requests_running") == 5)
    #expect(scrape.value("vllm:num_requests_waiting") == 7)
    #expect(scrape.value("vllm:num_requests_waiting_by_reason", ["reason": "capacity"]) == 5)
    #expect(scrape.value("vllm:num_requests_waiting_by_reason", ["reason": "deferred"]) == 2)
    #expect(scrape.value("vllm:kv_cache_usage_perc") == 0.375)
    #expect(scrape.value("vllm:gpu_cache_usage_perc") == 0.375)
    #expect(scrape.value("vllm:engine_sleep_state", ["sleep_state": "discard_all"]) == 1)
    #expect(scrape.value("vllm:engine_sleep_state", ["sleep_state": "awake"]) == 0)
  }

  @Test func nonsenseFromOutsideDoesNotTrap() {
    var metrics = EngineMetrics(maxModelLen: -1)
    metrics.scheduled(promptTokens: -5)
    metrics.firstToken(after: Nanoseconds(.min), promptTokens: .max)
    metrics.tokens(.max, gap: Nanoseconds(.max))
    metrics.endIteration()
    #expect(metrics.promptTokens.value == UInt64(Int.max))
  }
}
