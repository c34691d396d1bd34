import EndpointPicking
import Testing

@testable import Fleet

@Suite struct PickerMetricsShareTests {
  private let labels = RequestLabels(incomingModel: "alias", targetModel: "base", fairnessID: "team", priority: -1)

  @Test func oneLabelSetHasOneSeries() {
    var share = PickerMetricsShare()
    let id = share.series(of: labels)
    #expect(share.series(of: labels) == id)
    var other = labels
    other.priority = 0
    #expect(share.series(of: other) != id)
    #expect(share.requests.count == 2)
  }

  /// The series with fewer labels are sums over the others.
  @Test func olderNamesAddUpFairnessAndPriority() {
    var share = PickerMetricsShare()
    for (fairness, priority, count) in [("a", 0, 2), ("b", 0, 3), ("b", 1, 5)] {
      let id = share.series(
        of: RequestLabels(incomingModel: "m", targetModel: "t", fairnessID: fairness, priority: priority))
      for _ in 0..<count {
        share.requestScheduled(id, bodyBytes: 100)
        share.requestStarted(id)
        share.requestFailed(id, .refused(.resourceExhausted))
      }
    }
    let page = PickerPageReader(share)
    #expect(page.named("inference_objective_request_total").map(\.value) == [5, 5])
    #expect(page.named("llm_d_epp_request_total").map(\.value) == [2, 3, 5])
    #expect(page.named("inference_objective_request_sizes_count").map(\.value) == [10])
    #expect(page.named("inference_objective_request_sizes_sum").map(\.value) == [1000])
    #expect(page.named("inference_objective_running_requests").map(\.value) == [10])
    #expect(page.value("inference_objective_request_error_total", ["error_code": "ResourceExhausted"]) == 10)
  }

  @Test func runningRequestsGoUpAndDown() {
    var share = PickerMetricsShare()
    let id = share.series(of: labels)
    #expect(PickerPageReader(share).value("inference_objective_running_requests") == nil)
    share.requestStarted(id)
    share.requestStarted(id)
    share.requestEnded(id)
    #expect(PickerPageReader(share).value("inference_objective_running_requests", ["model_name": "alias"]) == 1)
    share.requestEnded(id)
    #expect(PickerPageReader(share).value("llm_d_epp_request_running", ["priority": "-1"]) == 0)
    let nameless = share.series(of: RequestLabels())
    share.requestStarted(nameless)
    #expect(PickerPageReader(share).value("inference_objective_running_requests") == 0)
  }

  @Test(
    arguments: InferenceError.Code.allCases.map { (RequestFailureCode.refused($0), $0.rawValue) } + [
      (.modelServerError, "ModelServerError"), (.unknown, "Unknown"),
    ])
  func countsErrorsByCode(_ code: RequestFailureCode, _ label: String) {
    var share = PickerMetricsShare()
    share.requestFailed(share.series(of: RequestLabels()), code)
    let page = PickerPageReader(share)
    #expect(page.value("inference_objective_request_error_total", ["error_code": label, "model_name": ""]) == 1)
    #expect(page.value("llm_d_epp_request_error_total", ["error_code": label, "fairness_id": "default-flow"]) == 1)
    #expect(page.named("inference_objective_request_total").isEmpty)
  }

  struct Completion: Sendable {
    var request: CompletedRequest
    var expected: [String: Double?]
  }

  private static let completions = [
    Completion(
      request: CompletedRequest(
        nanoseconds: 2_000_000_000, firstTokenNanoseconds: 500_000_000, isStream: true, inputTokens: 9, cachedTokens: 4,
        outputTokens: 4, responseBytes: 77),
      expected: [
        "request_duration_seconds_sum": 2, "request_ttft_seconds_sum": 0.5, "request_tpot_seconds_sum": 0.5,
        "normalized_time_per_output_token_seconds_sum": 0.5, "input_tokens_sum": 9, "prompt_cached_tokens_sum": 4,
        "output_tokens_sum": 4, "response_sizes_sum": 77,
      ]),
    // A whole answer has no time per token; 0 cached tokens are a value, 0 tokens are not.
    Completion(
      request: CompletedRequest(nanoseconds: 1_000_000_000, firstTokenNanoseconds: 1_000_000_000, cachedTokens: 0),
      expected: [
        "request_ttft_seconds_sum": 1, "request_tpot_seconds_count": nil, "prompt_cached_tokens_count": 1,
        "input_tokens_count": nil, "output_tokens_count": nil, "normalized_time_per_output_token_seconds_count": nil,
      ]),
    Completion(
      request: CompletedRequest(nanoseconds: 0, firstTokenNanoseconds: 0, isStream: true, outputTokens: 3),
      expected: [
        "request_duration_seconds_count": nil, "request_ttft_seconds_count": nil, "request_tpot_seconds_count": nil,
        "output_tokens_count": 1, "response_sizes_count": 1,
      ]),
    // One token has nothing between it and the next; neither has an answer that ended with its first byte.
    Completion(
      request: CompletedRequest(nanoseconds: 2, firstTokenNanoseconds: 1, isStream: true, outputTokens: 1),
      expected: ["request_tpot_seconds_count": nil, "request_ttft_seconds_count": 1]),
    Completion(
      request: CompletedRequest(nanoseconds: 2, firstTokenNanoseconds: 2, isStream: true, outputTokens: 5),
      expected: ["request_tpot_seconds_count": nil, "request_ttft_seconds_count": 1]),
    Completion(
      request: CompletedRequest(nanoseconds: 2, isStream: true, outputTokens: 5),
      expected: ["request_ttft_seconds_count": nil, "request_duration_seconds_count": 1]),
  ]

  @Test(arguments: completions)
  func countsAnswers(_ completion: Completion) {
    var share = PickerMetricsShare()
    share.requestCompleted(share.series(of: labels), completion.request)
    let page = PickerPageReader(share)
    for (name, value) in completion.expected { #expect(page.value("inference_objective_" + name) == value, "\(name)") }
  }

  @Test func firstTokensAreToldApartByStreaming() {
    var share = PickerMetricsShare()
    let id = share.series(of: labels)
    share.requestCompleted(
      id, CompletedRequest(nanoseconds: 8_000_000_000, firstTokenNanoseconds: 250_000_000, isStream: true))
    share.requestCompleted(
      id, CompletedRequest(nanoseconds: 600_000_000_000, firstTokenNanoseconds: 600_000_000_000))
    let page = PickerPageReader(share)
    #expect(page.value("llm_d_epp_request_ttft_seconds_sum", ["streaming": "true"]) == 0.25)
    #expect(page.value("llm_d_epp_request_ttft_seconds_sum", ["streaming": "false"]) == 600)
    // Ten minutes are beyond the newer family's bounds, but not beyond the older's.
    #expect(page.value("llm_d_epp_request_ttft_seconds_bucket", ["streaming": "false", "le": "120"]) == 0)
    #expect(page.value("llm_d_epp_request_ttft_seconds_bucket", ["streaming": "false", "le": "+Inf"]) == 1)
    #expect(page.value("inference_objective_request_ttft_seconds_bucket", ["le": "600"]) == 2)
    #expect(page.value("inference_objective_request_ttft_seconds_count") == 2)
  }

  @Test func countsPicks() {
    var share = PickerMetricsShare()
    let id = share.series(of: labels)
    let endpoint = EndpointLabels(namespace: "ns", pod: "pod-1", port: 8000)
    share.schedulerAttempt(id, endpoint: endpoint, nanoseconds: 150_000)
    share.schedulerAttempt(id, endpoint: endpoint, nanoseconds: 150_000)
    share.schedulerAttempt(id, endpoint: nil, nanoseconds: -5)
    let page = PickerPageReader(share)
    let name = "inference_extension_scheduler_attempts_total"
    #expect(page.value(name, ["status": "success", "pod_name": "pod-1", "namespace": "ns", "port": "8000"]) == 2)
    #expect(page.value(name, ["status": "failure", "pod_name": "", "target_model_name": "base"]) == 1)
    #expect(page.value("llm_d_epp_scheduler_attempts_total", ["endpoint_name": "pod-1"]) == 2)
    #expect(page.value("inference_extension_scheduler_e2e_duration_seconds_count") == 3)
    #expect(page.value("inference_extension_scheduler_e2e_duration_seconds_bucket", ["le": "0.0002"]) == 3)
  }

  @Test func countsPrefixLookups() {
    var share = PickerMetricsShare()
    share.prefixLookup(SampleShare.plugin, matchedBlocks: 3, totalBlocks: 4, blockBytes: 256)
    share.prefixLookup(SampleShare.plugin, matchedBlocks: 0, totalBlocks: 0, blockBytes: 256)
    share.prefixLookup(SampleShare.plugin, matchedBlocks: .max, totalBlocks: .max, blockBytes: .max)
    let page = PickerPageReader(share)
    #expect(page.value("inference_extension_prefix_indexer_hit_ratio_count") == 2)
    #expect(page.value("inference_extension_prefix_indexer_hit_ratio_sum") == 1.75)
    #expect(page.value("inference_extension_prefix_indexer_hit_bytes_bucket", ["le": "0"]) == 1)
    #expect(page.value("inference_extension_prefix_indexer_hit_bytes_bucket", ["le": "1024"]) == 2)
    #expect(page.value("llm_d_epp_prefix_indexer_hit_bytes_count", ["plugin_name": "prefix"]) == 3)
  }

  @Test func flowControlHoldsAndReleases() {
    var share = PickerMetricsShare()
    let id = share.series(of: labels)
    share.flowControlEntered(id, pool: "p", bytes: 100)
    share.flowControlEntered(id, pool: "p", bytes: 50)
    share.flowControlLeft(id, pool: "p", bytes: 100, outcome: .evictedTTL, waited: 2_000_000_000)
    var page = PickerPageReader(share)
    #expect(page.value("inference_extension_flow_control_queue_size", ["inference_pool": "p"]) == 1)
    #expect(page.value("llm_d_epp_flow_control_queue_bytes", ["fairness_id": "team", "priority": "-1"]) == 50)
    #expect(
      page.value("inference_extension_flow_control_request_queue_duration_seconds_sum", ["outcome": "EvictedTTL"]) == 2)
    #expect(page.value("llm_d_epp_flow_control_requests_total", ["outcome": "EvictedTTL"]) == 1)
    #expect(page.named("inference_extension_flow_control_request_enqueue_duration_seconds_count").isEmpty)
    share.flowControlLeft(id, pool: "p", bytes: 50, outcome: .dispatched, waited: 0)
    page = PickerPageReader(share)
    #expect(page.value("inference_extension_flow_control_queue_size") == 0)
    #expect(page.value("inference_extension_flow_control_queue_bytes") == 0)
  }
}
