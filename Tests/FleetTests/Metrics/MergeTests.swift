import EndpointPicking
import Simulation
import Testing

@testable import Fleet

/// What several loops counted adds up to what one would have counted.
@Suite struct MergeTests {
  /// Times in eighths of a second and small counts, so that sums are exact in any order.
  private static func act(on share: inout PickerMetricsShare, _ generator: inout SplitMix64) {
    func pick(_ names: [String]) -> String { names.randomElement(using: &generator) ?? "" }
    func eighths() -> Int64 { Int64.random(in: 0...80, using: &generator) * 125_000_000 }
    let id = share.series(
      of: RequestLabels(
        incomingModel: pick(["", "a", "b", "other"]), targetModel: pick(["t", "u"]), fairnessID: pick(["f", "g"]),
        priority: Int.random(in: -1...1, using: &generator)))
    let pool = pick(["p", "q"])
    let outcome = FlowOutcome.allCases.randomElement(using: &generator) ?? .dispatched
    switch Int.random(in: 0..<14, using: &generator) {
    case 0: share.requestScheduled(id, bodyBytes: Int.random(in: 0...5000, using: &generator))
    case 1: share.requestFailed(id, Bool.random(using: &generator) ? .unknown : .refused(.badRequest))
    case 2: share.requestStarted(id)
    case 3: share.requestEnded(id)
    case 4: share.chunkFollowed(id, afterNanoseconds: eighths())
    case 5:
      share.requestCompleted(
        id,
        CompletedRequest(
          nanoseconds: eighths(), firstTokenNanoseconds: eighths(), isStream: Bool.random(using: &generator),
          inputTokens: Int.random(in: 0...9000, using: &generator), cachedTokens: 5,
          // Divisors that leave sums exact.
          outputTokens: [0, 1, 2][Int.random(in: 0..<3, using: &generator)],
          responseBytes: Int.random(in: 0...99_999, using: &generator)))
    case 6:
      let endpoint = EndpointLabels(namespace: "n", pod: pick(["x", "y"]), port: 8000)
      share.schedulerAttempt(id, endpoint: Bool.random(using: &generator) ? endpoint : nil, nanoseconds: eighths())
    case 7: share.prefixLookup(SampleShare.plugin, matchedBlocks: 1, totalBlocks: 4, blockBytes: 64)
    case 8:
      share.rewriteDecision(
        RewriteDecision(
          rewrite: ResourceID(
            kind: .inferenceModelRewrite, name: NamespacedName(namespace: "n", name: pick(["r", "s"]))),
          incomingModel: pick(["a", "b"]), targetModel: "t"))
    case 9: share.flowControlEntered(id, pool: pool, bytes: 10)
    case 10: share.flowControlLeft(id, pool: pool, bytes: 10, outcome: outcome, waited: eighths())
    case 11: share.flowControlEnqueued(id, pool: pool, outcome: outcome, nanoseconds: eighths())
    case 12:
      // Pools of one process may have other plugins, and see them in another order.
      let stages = pick(["default", "other"]) == "other" ? SampleShare.stages.reversed() : SampleShare.stages
      share.plugins.observe([PluginDuration(stage: 1, nanoseconds: eighths())], of: stages)
    default:
      share.disaggregationDecision(id, SampleShare.plugin, encode: Bool.random(using: &generator), prefill: true)
      share.dataLayerPollsFailed(1, sourceType: pick(["s", "t"]))
      share.observe(.responseProcessing, nanoseconds: eighths())
    }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func sharesAddUp(_ seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    var whole = PickerMetricsShare()
    var shares = Array(repeating: PickerMetricsShare(), count: 3)
    for _ in 0..<600 {
      let loop = Int.random(in: 0..<3, using: &generator)
      var same = generator
      Self.act(on: &whole, &same)
      Self.act(on: &shares[loop], &generator)
    }
    let expected = PickerPageReader.bytes(whole)
    for order in [[0, 1, 2], [2, 0, 1]] {
      var sum = PickerMetricsShare()
      for loop in order { sum.merge(shares[loop]) }
      #expect(PickerPageReader.bytes(sum) == expected)
    }
    #expect(PickerPageReader.bytes(shares[0]) != expected)
  }

  @Test func addingNothingChangesNothing() {
    var share = SampleShare.full
    let before = PickerPageReader.bytes(share)
    share.merge(PickerMetricsShare())
    #expect(PickerPageReader.bytes(share) == before)
    var empty = PickerMetricsShare()
    empty.merge(share)
    #expect(PickerPageReader.bytes(empty) == before)
  }
}
