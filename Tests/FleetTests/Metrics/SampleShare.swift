import EndpointPicking

@testable import Fleet

/// A share that counted something for every family, and a pool with every gauge.
enum SampleShare {
  static let labels = RequestLabels(incomingModel: "alias", targetModel: "base", fairnessID: "team", priority: 2)
  static let plugin = PluginIdentity(name: "prefix", type: "prefix-cache-scorer")

  static let stages = [
    PluginStage(.scorer, plugin), PluginStage(.picker, PluginIdentity("random-picker")), PluginStage(.filter, plugin),
  ]

  static var full: PickerMetricsShare {
    var share = PickerMetricsShare()
    let id = share.series(of: labels)
    share.requestScheduled(id, bodyBytes: 300)
    share.requestStarted(id)
    share.chunkFollowed(id, afterNanoseconds: 20_000_000)
    share.requestCompleted(
      id,
      CompletedRequest(
        nanoseconds: 2_000_000_000, firstTokenNanoseconds: 500_000_000, isStream: true, inputTokens: 100,
        cachedTokens: 0, outputTokens: 7, responseBytes: 1000))
    share.requestCompleted(
      id, CompletedRequest(nanoseconds: 1_000_000_000, firstTokenNanoseconds: 1_000_000_000, outputTokens: 1))
    share.requestFailed(id, .modelServerError)
    share.schedulerAttempt(
      id, endpoint: EndpointLabels(namespace: "default", pod: "pod-0", port: 8000), nanoseconds: 30_000)
    share.plugins.observe([PluginDuration(stage: 0, nanoseconds: 700)], of: [PluginStage(.scorer, plugin)])
    share.prefixLookup(plugin, matchedBlocks: 1, totalBlocks: 4, blockBytes: 256)
    share.disaggregationDecision(
      id, PluginIdentity(name: "pd", type: "disagg-profile-handler"), encode: false, prefill: true)
    share.dataLayerPollsFailed(1, sourceType: "metrics-data-source")
    share.rewriteDecision(
      RewriteDecision(
        rewrite: ResourceID(kind: .inferenceModelRewrite, name: NamespacedName(namespace: "default", name: "rw")),
        incomingModel: "alias", targetModel: "base"))
    share.flowControlEntered(id, pool: "pool", bytes: 300)
    share.flowControlEnqueued(id, pool: "pool", outcome: .notYetFinalized, nanoseconds: 1000)
    share.flowControlLeft(id, pool: "pool", bytes: 300, outcome: .dispatched, waited: 3_000_000)
    for duration in PickerDuration.allCases { share.observe(duration, nanoseconds: 1_000_000) }
    return share
  }

  static func endpoint(
    _ pod: String, waiting: Int, running: Int, kvUsage: Double, isReady: Bool = true
  ) -> EndpointLoad {
    EndpointLoad(
      id: EndpointID(namespace: "default", name: pod), waiting: waiting, running: running, kvUsage: kvUsage,
      isReady: isReady)
  }

  static var pool: PoolMetrics {
    var pool = PoolMetrics(name: "pool", endpoints: [endpoint("pod-0", waiting: 3, running: 5, kvUsage: 0.25)])
    pool.saturation = 0.5
    pool.prefillSaturation = 0.25
    pool.decodeSaturation = 0.5
    var limits = FlowControlConfiguration()
    limits.maxBytes = 1000
    limits.maxRequests = 10
    limits.priorityBands = [2: PriorityBandConfiguration(maxBytes: 400, maxRequests: 4)]
    pool.flowControl = FlowOccupancy(FlowController(limits))
    pool.prefixIndexes = [PrefixIndexGauge(plugin: plugin, entries: 12)]
    pool.inFlight = [
      InFlightGauge(
        id: EndpointID(namespace: "default", name: "pod-0"), producer: "load",
        flow: FlowKey(fairnessID: "team", priority: 2), requests: 1, tokens: 70)
    ]
    pool.staleEndpoints = ("utilization", 0)
    return pool
  }
}
