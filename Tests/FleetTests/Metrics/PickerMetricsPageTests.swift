import EndpointPicking
import Testing

@testable import Fleet

@Suite struct PickerMetricsPageTests {
  @Test func anEmptyPageSaysWhatRuns() {
    let page = PickerPageReader()
    #expect(
      page.text == """
        # HELP inference_extension_info [ALPHA] The build that runs; always 1.
        # TYPE inference_extension_info gauge
        inference_extension_info{build_ref="main",commit="abc"} 1
        # HELP llm_d_epp_info [ALPHA] The build that runs; always 1.
        # TYPE llm_d_epp_info gauge
        llm_d_epp_info{build_ref="main",commit="abc"} 1

        """)
  }

  @Test func aSmallPage() {
    var share = PickerMetricsShare()
    let id = share.series(of: RequestLabels(incomingModel: "a\"b\"\n\\", targetModel: "t"))
    share.requestStarted(id)
    share.requestFailed(id, .unknown)
    share.requestFailed(share.series(of: RequestLabels()), .refused(.badRequest))
    share.observe(.scheduling, nanoseconds: 1_500_000)
    share.prefixLookup(SampleShare.plugin, matchedBlocks: 20_000, totalBlocks: 0, blockBytes: 64)
    var lines = PickerPageReader(
      share,
      pools: [
        PoolMetrics(
          name: "gaie-sim", endpoints: [SampleShare.endpoint("pod-1", waiting: 2_500_000, running: 0, kvUsage: 0)])
      ]
    ).text.split(separator: "\n").map(String.init)
    lines.removeAll { $0.hasPrefix("llm_d") || $0.contains(" llm_d") || $0.contains("HELP") }
    #expect(
      lines.joined(separator: "\n") == #"""
        # TYPE inference_extension_info gauge
        inference_extension_info{build_ref="main",commit="abc"} 1
        # TYPE inference_extension_prefix_indexer_hit_bytes histogram
        inference_extension_prefix_indexer_hit_bytes_bucket{le="0"} 0
        inference_extension_prefix_indexer_hit_bytes_bucket{le="16"} 0
        inference_extension_prefix_indexer_hit_bytes_bucket{le="32"} 0
        inference_extension_prefix_indexer_hit_bytes_bucket{le="64"} 0
        inference_extension_prefix_indexer_hit_bytes_bucket{le="128"} 0
        inference_extension_prefix_indexer_hit_bytes_bucket{le="256"} 0
        inference_extension_prefix_indexer_hit_bytes_bucket{le="512"} 0
        inference_extension_prefix_indexer_hit_bytes_bucket{le="1024"} 0
        inference_extension_prefix_indexer_hit_bytes_bucket{le="2048"} 0
        inference_extension_prefix_indexer_hit_bytes_bucket{le="4096"} 0
        inference_extension_prefix_indexer_hit_bytes_bucket{le="8192"} 0
        inference_extension_prefix_indexer_hit_bytes_bucket{le="16384"} 0
        inference_extension_prefix_indexer_hit_bytes_bucket{le="32768"} 0
        inference_extension_prefix_indexer_hit_bytes_bucket{le="65536"} 0
        inference_extension_prefix_indexer_hit_bytes_bucket{le="+Inf"} 1
        inference_extension_prefix_indexer_hit_bytes_sum 1.28e+06
        inference_extension_prefix_indexer_hit_bytes_count 1
        # TYPE inference_extension_scheduler_e2e_duration_seconds histogram
        inference_extension_scheduler_e2e_duration_seconds_bucket{le="0.0001"} 0
        inference_extension_scheduler_e2e_duration_seconds_bucket{le="0.0002"} 0
        inference_extension_scheduler_e2e_duration_seconds_bucket{le="0.0005"} 0
        inference_extension_scheduler_e2e_duration_seconds_bucket{le="0.001"} 0
        inference_extension_scheduler_e2e_duration_seconds_bucket{le="0.002"} 1
        inference_extension_scheduler_e2e_duration_seconds_bucket{le="0.005"} 1
        inference_extension_scheduler_e2e_duration_seconds_bucket{le="0.01"} 1
        inference_extension_scheduler_e2e_duration_seconds_bucket{le="0.02"} 1
        inference_extension_scheduler_e2e_duration_seconds_bucket{le="0.05"} 1
        inference_extension_scheduler_e2e_duration_seconds_bucket{le="0.1"} 1
        inference_extension_scheduler_e2e_duration_seconds_bucket{le="+Inf"} 1
        inference_extension_scheduler_e2e_duration_seconds_sum 0.0015
        inference_extension_scheduler_e2e_duration_seconds_count 1
        # TYPE inference_objective_request_error_total counter
        inference_objective_request_error_total{error_code="BadRequest",model_name="",target_model_name=""} 1
        inference_objective_request_error_total{error_code="Unknown",model_name="a\"b\"\n\\",target_model_name="t"} 1
        # TYPE inference_objective_running_requests gauge
        inference_objective_running_requests{model_name="a\"b\"\n\\"} 1
        # TYPE inference_pool_average_kv_cache_utilization gauge
        inference_pool_average_kv_cache_utilization{name="gaie-sim"} 0
        # TYPE inference_pool_average_queue_size gauge
        inference_pool_average_queue_size{name="gaie-sim"} 2.5e+06
        # TYPE inference_pool_average_running_requests gauge
        inference_pool_average_running_requests{name="gaie-sim"} 0
        # TYPE inference_pool_per_pod_queue_size gauge
        inference_pool_per_pod_queue_size{model_server_pod="pod-1-rank-0",name="gaie-sim"} 2.5e+06
        # TYPE inference_pool_ready_pods gauge
        inference_pool_ready_pods{name="gaie-sim"} 1
        """#)
  }

  /// Families come by name, and no series twice.
  @Test func pagesAreInOrder() {
    var share = SampleShare.full
    // Two spellings of one letter are equal strings in Swift, but not to Prometheus.
    let names = [("z", "base"), ("\u{e9}", "base"), ("e\u{301}", "other base"), ("f", "base"), ("A", "base")]
    for (model, target) in names {
      let id = share.series(of: RequestLabels(incomingModel: model, targetModel: target))
      share.requestScheduled(id, bodyBytes: 1)
      share.requestStarted(id)
    }
    var twin = SampleShare.pool
    twin.endpoints.append(SampleShare.endpoint("pod-1", waiting: 1, running: 0, kvUsage: 1))
    let page = PickerPageReader(share, pools: [SampleShare.pool, twin])
    #expect(page.families == page.families.sorted())
    let lines = page.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    let series = lines.map { line in Array(line[..<(line.lastIndex(of: " ") ?? line.startIndex)].utf8) }
    #expect(Set(series).count == series.count)
    let models = page.named("inference_objective_request_total").compactMap { $0[label: "model_name"] }
    #expect(models.map { Array($0.utf8) } == ["A", "alias", "e\u{301}", "f", "z", "\u{e9}"].map { Array($0.utf8) })
    #expect(page.named("inference_objective_running_requests").count == 6)
    #expect(page.malformed == 0)
  }

  @Test func contentTypeIsThatOfGo() {
    #expect(PickerMetricsPage.contentType == "text/plain; version=0.0.4; charset=utf-8; escaping=underscores")
  }
}
