import Testing

@testable import EndpointPicking

@Suite struct FilterTests {
  static let roles = [
    "encode", "prefill", "decode", "encode-prefill", "prefill-decode", "encode-prefill-decode", "both", "other", nil,
  ]

  @Test(arguments: [
    ("encode-filter", [0, 3, 5]), ("prefill-filter", [1, 3, 4, 5, 6]), ("decode-filter", [2, 4, 5, 6, 8]),
  ])
  func stages(type: String, expected: [Int]) throws {
    let pods = Self.roles.enumerated().map { index, role in
      pod(index, labels: role.map { ["llm-d.ai/role": $0] } ?? [:])
    }
    let filters = ["encode-filter": StageFilter.encode, "prefill-filter": .prefill, "decode-filter": .decode]
    #expect(kept(try #require(filters[type]), context(pods)) == expected)
  }

  static let labelled = [
    pod(0, labels: ["app": "a", "tier": "x"]), pod(1, labels: ["app": "b"]), pod(2, labels: ["tier": "x"]), pod(3),
  ]

  @Test(
    arguments: [
      ([], [0, 1, 2, 3]), ([.isIn("app", ["a"])], [0]), ([.isIn("app", ["a", "b"])], [0, 1]),
      ([.isNotIn("app", ["a"])], [1, 2, 3]), ([.exists("tier")], [0, 2]), ([.doesNotExist("tier")], [1, 3]),
      ([.exists("tier"), .doesNotExist("app")], [2]),
    ] as [([LabelSelectorFilter.Requirement], [Int])])
  func labelSelectors(requirements: [LabelSelectorFilter.Requirement], expected: [Int]) {
    #expect(kept(LabelSelectorFilter(requirements), context(Self.labelled)) == expected)
  }

  @Test func byLabel() {
    #expect(kept(LabelFilter(label: "app", values: ["a"]), context(Self.labelled)) == [0])
    #expect(kept(LabelFilter(label: "app", values: ["a"], allowsNoLabel: true), context(Self.labelled)) == [0, 2, 3])
  }

  @Test(
    arguments: [
      (nil, []), ("", []), ("192.168.1.2", [1]), ("192.168.1.3:8000, 192.168.1.1", [2, 0]), ("192.168.1.1:81", []),
      ("192.168.1.1,192.168.1.1:8000", [0]), ("[fd00::1]:8000", [3]), ("[fd00::1]", [3]), ("fd00::1", [3]),
    ] as [(String?, [Int])])
  func testHeader(value: String?, expected: [Int]) {
    var pods = [pod(0), pod(1), pod(2), pod(3)]
    pods[3].address = "fd00::1"
    let headers = value.map { ["test-epp-endpoint-selection": $0] } ?? [:]
    #expect(kept(HeaderTestingFilter(), context(pods, request(headers: headers))) == expected)
  }

  @Test func utilization() {
    let pods = [pod(0, waiting: 3, kv: 0.9), pod(1, waiting: 9, kv: 0.1), pod(2, waiting: 3, kv: 0.5)]
    let conditions = [
      UtilizationFilter.Condition(metric: .waiting, maximum: 3), .init(metric: .kvUsage, maximum: 0.5),
    ]
    #expect(kept(UtilizationFilter(conditions), context(pods)) == [2])
    let strict = [UtilizationFilter.Condition(metric: .waiting, maximum: 1)]
    #expect(kept(UtilizationFilter(strict), context(pods)) == [])
    #expect(kept(UtilizationFilter(strict, fallbackOnEmpty: true), context(pods)) == [0, 1, 2])
  }

  /// GIE v1.5, detector as filter: queue 5, KV cache 0.8, headroom 0.2.
  @Test(
    arguments: [
      ([(6, 0.1, 0), (7, 0.1, 0)], [0]), ([(0, 0.96, 0), (0, 0.97, 0)], [0]),
      ([(0, 0, -300_000_000), (1, 0, 0)], [1]), ([(0, 0, -300_000_000), (9, 0, 0)], [0, 1]),
      ([(9, 0.1, 0), (0, 0.99, 0)], [0, 1]),
    ] as [([(Int, Double, Int64)], [Int])])
  func saturation(pods: [(Int, Double, Int64)], expected: [Int]) {
    var limits = SaturationSettings.Utilization()
    limits.headroom = 0.2
    let endpoints = pods.enumerated().map { index, state in
      pod(index, waiting: state.0, kv: state.1) { $0.updatedAt = state.2 }
    }
    #expect(kept(SaturationFilter(detector: .utilization(limits)), context(endpoints)) == expected)
  }

  @Test func concurrency() {
    var learned = LearnedState()
    var limits = SaturationSettings.Concurrency()
    limits.maxRequests = 1
    learned.inFlight.add(1, tokens: 5, at: 0)
    learned.inFlight.add(1, tokens: 5, at: 0)
    let context = context([pod(0), pod(1)], learned: learned)
    #expect(kept(SaturationFilter(detector: .concurrency(limits)), context) == [1])
    limits.countsTokens = true
    #expect(kept(SaturationFilter(detector: .concurrency(limits)), context) == [0, 1])
  }

  @Test func prefixAffinity() {
    let pods = [pod(0), pod(1), pod(2)]
    let filter = PrefixCacheAffinityFilter()
    #expect(kept(filter, context(pods, held: [8, 7, 10], blocks: 10)) == [0, 2])
    #expect(kept(filter, context(pods, held: [1, 7, 0], blocks: 10)) == [0, 1, 2])
    #expect(kept(filter, context(pods)) == [0, 1, 2])
    var exploring = filter
    exploring.exploration = 1
    #expect(kept(exploring, context(pods, held: [8, 7, 10], blocks: 10)) == [0, 1, 2])
  }
}
