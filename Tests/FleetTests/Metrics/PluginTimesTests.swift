import EndpointPicking
import Testing

@testable import Fleet

@Suite struct PluginTimesTests {
  private let queue = PluginStage(.scorer, PluginIdentity("queue-scorer"))
  private let named = PluginStage(.scorer, PluginIdentity(name: "mine", type: "queue-scorer"))
  private let picker = PluginStage(.picker, PluginIdentity("max-score-picker"))

  private static let count = "inference_extension_plugin_duration_seconds_count"

  private func times(_ pairs: [(Int, Int64)]) -> [PluginDuration] {
    pairs.map { PluginDuration(stage: $0.0, nanoseconds: $0.1) }
  }

  @Test func countsByPluginAndPoint() {
    var share = PickerMetricsShare()
    share.plugins.observe(times([(0, 1_000), (2, 250_000_000), (0, 2_000)]), of: [queue, named, picker])
    let page = PickerPageReader(share)
    #expect(page.value(Self.count, ["extension_point": "Scorer", "plugin_type": "queue-scorer"]) == 2)
    #expect(page.value("llm_d_epp_plugin_duration_seconds_count", ["plugin_name": "max-score-picker"]) == 1)
    #expect(
      page.value("inference_extension_plugin_duration_seconds_sum", ["extension_point": "Picker"]) == 0.25)
    #expect(
      page.value(
        "inference_extension_plugin_duration_seconds_bucket", ["extension_point": "Scorer", "le": "0.0001"]) == 2)
    // Those that have not run have no series yet.
    #expect(page.value(Self.count, ["plugin_name": "mine"]) == nil)
  }

  /// Pools of one configuration, and profiles that share a plugin, have its series in common.
  @Test func aPluginHasOneSeries() {
    var times = PluginTimes()
    for stages in [[queue, picker], [queue, picker], [picker, queue, queue], [named]] {
      for _ in 0..<3 {
        times.observe(stages.indices.map { PluginDuration(stage: $0, nanoseconds: 5) }, of: stages)
      }
    }
    #expect(times.series.labels == [queue, picker, named])
    #expect(times.series.values.map(\.count) == [12, 9, 3])
  }

  @Test func timesOfNoPluginAreLeftOut() {
    var share = PickerMetricsShare()
    share.plugins.observe(times([(1, 5), (-1, 5), (.max, 5)]), of: [queue])
    share.plugins.observe(times([(0, 5)]), of: [])
    #expect(PickerPageReader(share).named(Self.count).isEmpty)
    share.plugins.observe([], of: [queue])
    #expect(PickerPageReader(share).named(Self.count).isEmpty)
  }

  /// What a picker hands back becomes what the page shows.
  @Test func countsPicks() throws {
    let picker = Picking.picker([Picking.endpoint(0)])
    var share = PickerMetricsShare()
    let id = share.series(of: RequestLabels(incomingModel: "m", targetModel: "t"))
    let request = Picking.request(prompt: String(repeating: "p", count: 200))
    for _ in 0..<2 { share.picked(id, picker.pick(request, at: 0, timesPlugins: true), by: picker) }
    let page = PickerPageReader(share)
    #expect(page.value(Self.count, ["extension_point": "Scorer", "plugin_name": "prefix-cache-scorer"]) == 2)
    #expect(page.value(Self.count, ["extension_point": "ProfilePicker"]) == 4)
    #expect(page.value(Self.count, ["extension_point": "ProcessProfilesResults"]) == 2)
    #expect(
      page.value("inference_extension_scheduler_attempts_total", ["status": "success", "pod_name": "pod-0"]) == 2)
    // 200 bytes are three blocks of 64; nobody held them before the first pick.
    #expect(page.value("inference_extension_prefix_indexer_hit_ratio_count") == 2)
    #expect(page.value("inference_extension_prefix_indexer_hit_ratio_sum") == 1)
    let plugin = ["plugin_name": "approx-prefix-cache-producer", "plugin_type": "approx-prefix-cache-producer"]
    #expect(page.value("llm_d_epp_prefix_indexer_hit_bytes_sum", plugin) == 192)
    #expect(page.named("llm_d_epp_disagg_decision_total").isEmpty)
  }

  @Test func aPickThatFailsIsAnAttempt() {
    let picker = Picking.picker([])
    var share = PickerMetricsShare()
    let id = share.series(of: RequestLabels(incomingModel: "m", targetModel: "t"))
    share.picked(id, picker.pick(Picking.request(), at: 0, timesPlugins: true), by: picker)
    let page = PickerPageReader(share)
    #expect(page.value("inference_extension_scheduler_attempts_total", ["status": "failure"]) == 1)
    #expect(page.value("inference_extension_scheduler_e2e_duration_seconds_count") == 1)
    #expect(page.named("inference_extension_prefix_indexer_hit_ratio_count").isEmpty)
    #expect(page.named(Self.count).isEmpty)
  }

  @Test func stagesWithEndpointsOfTheirOwnAreCounted() throws {
    let configuration = try SchedulerConfiguration([
      "apiVersion": "inference.networking.x-k8s.io/v1alpha1", "kind": "EndpointPickerConfig",
      "plugins": [
        ["type": "prefill-filter"], ["type": "decode-filter"], ["type": "always-disagg-pd-decider"],
        ["type": "pd-profile-handler", "parameters": ["deciderPluginName": "always-disagg-pd-decider"]],
      ],
      "schedulingProfiles": [
        ["name": "prefill", "plugins": [["pluginRef": "prefill-filter"]]],
        ["name": "decode", "plugins": [["pluginRef": "decode-filter"]]],
      ],
    ])
    var endpoints = [Picking.endpoint(0), Picking.endpoint(1)]
    endpoints[0].endpoint.labels = ["llm-d.ai/role": "prefill"]
    var share = PickerMetricsShare()
    let id = share.series(of: RequestLabels(incomingModel: "m", targetModel: "t"))
    for count in [2, 1] {
      let picker = Picking.picker(Array(endpoints.suffix(count)), configuration: configuration)
      share.picked(id, picker.pick(Picking.request(), at: 0), by: picker)
    }
    let page = PickerPageReader(share)
    let name = "llm_d_epp_disagg_decision_total"
    #expect(page.value(name, ["decision_type": "prefill-decode", "plugin_type": "pd-profile-handler"]) == 1)
    #expect(page.value(name, ["decision_type": "decode-only", "model_name": "t"]) == 1)
    // No plugin of this configuration looks at prefixes.
    #expect(page.named("inference_extension_prefix_indexer_hit_bytes_count").isEmpty)
  }
}
