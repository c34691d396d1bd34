import Testing

@testable import EndpointPicking

@Suite struct ScorerTests {
  @Test(arguments: [
    ([10, 5, 0], [0, 0.5, 1.0]), ([3, 3, 3], [1, 1, 1]), ([0, 0], [1, 1]), ([7], [1]),
    ([4, 0, 1, 2], [0, 1, 0.75, 0.5]),
  ])
  func queuesAndRunningRequestsSpread(values: [Int], expected: [Double]) {
    let waiting = values.enumerated().map { pod($0, waiting: $1) }
    #expect(near(scores(QueueScorer(), context(waiting)), expected))
    let running = values.enumerated().map { index, value in pod(index) { $0.running = value } }
    #expect(near(scores(RunningRequestsScorer(), context(running)), expected))
  }

  @Test func onlyCandidatesCountForTheSpread() {
    let pods = [pod(0, waiting: 10), pod(1, waiting: 5), pod(2, waiting: 0)]
    var scores = [0.0, 0.0]
    QueueScorer().score([0, 1], context(pods), into: &scores)
    #expect(scores == [0, 1])
  }

  @Test func kvCache() {
    let pods = [pod(0, kv: 0.8), pod(1, kv: 0.5), pod(2, kv: 0)]
    #expect(near(scores(KVCacheUtilizationScorer(), context(pods)), [0.2, 0.5, 1]))
  }

  @Test(
    arguments: [
      (["m"], [], 1, 1.0), (["m"], [], 0, 1), (["a"], [], 2, 0.8), ([], [], 1, 0.8), (["a"], ["m"], 2, 0.6),
      (["a"], ["m"], 3, 0.8), (["a", "b"], [], 2, 0), ([], [], 0, 0), (["a"], ["b"], 2, 0),
    ] as [([String], [String], Int, Double)])
  func loraAffinity(active: [String], waiting: [String], slots: Int, expected: Double) {
    let endpoint = pod(0, models: active) {
      $0.waitingAdapters = Set(waiting)
      $0.maxAdapters = slots
    }
    #expect(scores(LoRAAffinityScorer(), context([endpoint])) == [expected])
  }

  @Test(
    arguments: [(10, [5, 2], [0.5, 0.2]), (0, [], [0.0, 0.0]), (4, [4, 0], [1, 0])] as [(Int, [Int32], [Double])])
  func prefix(total: Int, held: [Int32], expected: [Double]) {
    #expect(near(scores(PrefixCacheScorer(), context([pod(0), pod(1)], held: held, blocks: total)), expected))
  }

  @Test func loadAware() {
    var scorer = LoadAwareScorer()
    scorer.threshold = 10
    let pods = [pod(0, waiting: 2), pod(1, waiting: 0), pod(2, waiting: 15)]
    #expect(near(scores(scorer, context(pods)), [0.4, 0.5, 0]))
  }

  @Test func tokenLoadAndActiveRequests() {
    var learned = LearnedState()
    for _ in 0..<4 { learned.inFlight.add(1, tokens: 300, at: 0) }
    learned.inFlight.add(1, tokens: 250, at: 1)
    let context = context([pod(0), pod(1), pod(2)], learned: learned)
    var tokens = TokenLoadScorer()
    tokens.threshold = 1_000
    #expect(near(scores(tokens, context), [0, 0.75, 1]))
    var active = ActiveRequestScorer()
    #expect(near(scores(active, context), [0, 0.75, 1]))
    active.maxBusyScore = 0.5
    #expect(near(scores(active, context), [0, 0.375, 1]))
    active.idleThreshold = 1
    #expect(near(scores(active, context), [0, 1, 1]))
  }

  @Test func noHitLRU() {
    var learned = LearnedState()
    learned.coldUse.record(1, limit: 10)
    learned.coldUse.record(0, limit: 10)
    let pods = [pod(0), pod(1), pod(2)]
    #expect(near(scores(NoHitLRUScorer(), context(pods, learned: learned)), [0, 0.5, 1]))
    #expect(
      near(scores(NoHitLRUScorer(), context(pods, learned: learned, held: [0, 1, 0], blocks: 2)), [0.5, 0.5, 0.5]))
    #expect(scores(NoHitLRUScorer(), context([pod(0)])) == [1])
    learned.coldUse.record(2, limit: 2)
    #expect(learned.coldUse.order(1) == 0)
  }

  @Test(arguments: [(100, [1.0, 0, 0.5, 1, 0.5]), (2_048, [1, 0, 0.5, 0, 0.5]), (5_000, [0, 1, 0.5, 0, 0.5])])
  func contextLength(tokens: Int, expected: [Double]) {
    let label = "llm-d.ai/context-length-range"
    let pods = [
      pod(0, labels: [label: "0-2048"]), pod(1, labels: [label: "2049-8192"]), pod(2),
      pod(3, labels: [label: "90-110, 6000-7000"]), pod(4, labels: [label: "whatever"]),
    ]
    let context = context(pods, request(String(repeating: "abcd", count: tokens)))
    var plugin = ContextLengthAware()
    #expect(scores(plugin, context) == expected)
    #expect(kept(plugin, context) == [0, 1, 2, 3, 4])
    plugin.filters = true
    #expect(kept(plugin, context) == expected.indices.filter { expected[$0] > 0 })
  }

  @Test func headerLabelAffinity() {
    let scorer = HeaderLabelAffinityScorer(header: "X-Zone", label: "zone")
    let pods = [pod(0, labels: ["zone": "a"]), pod(1, labels: ["zone": "b"]), pod(2)]
    #expect(scores(scorer, context(pods, request(headers: ["x-zone": "b"]))) == [0, 1, 0])
    #expect(scores(scorer, context(pods)) == [0, 0, 0])
  }

  @Test(arguments: [(-0.5, 0.0), (1.5, 1), (0, 0), (0.5, 0.5), (1, 1), (.nan, 0), (.infinity, 1)])
  func scoresAreClamped(raw: Double, expected: Double) {
    var scores = [raw]
    var totals = [1.0]
    SchedulingProfile.add(&scores, times: 2, to: &totals)
    #expect(scores == [expected] && totals == [1 + 2 * expected])
  }
}
