import Simulation
import Testing

@testable import EndpointPicking

@Suite struct SchedulerTests {
  static let second: Int64 = 1_000_000_000

  /// GIE v1.5, hermetic table: queue, KV cache, prefix and LoRA affinity of weight 1.
  @Test(
    arguments: [
      ("m", [(3, 0.2, []), (0, 0.1, []), (10, 0.2, [])], nil, 1),
      ("target", [(0, 0.2, ["foo", "bar"]), (0, 0.1, ["foo", "target"]), (10, 0.2, ["foo", "bar"])], nil, 1),
      ("target", [(10, 0.2, ["foo", "bar"]), (10, 0.4, ["foo", "target"]), (10, 0.3, ["foo"])], nil, 1),
      ("target", [(6, 0.2, ["foo", "bar", "target"]), (0, 0.85, ["foo"]), (10, 0.9, ["foo"])], nil, 0),
      ("target", [(4, 0.2, ["foo", "bar", "target"]), (4, 0.85, ["foo", "target"])], nil, 0),
      ("target", [(0, 0.2, ["foo"]), (0, 0.1, ["foo", "target"]), (10, 0.2, ["foo"])], [0, 1, 2], 1),
      ("target", [(0, 0.2, ["foo"]), (0, 0.1, ["foo", "target"]), (10, 0.2, ["foo"])], [2], 2),
    ] as [(String, [(Int, Double, [String])], [Int]?, Int)])
  func hermeticTable(model: String, pods: [(Int, Double, [String])], subset: [Int]?, expected: Int) throws {
    let types = ["queue-scorer", "kv-cache-utilization-scorer", "prefix-cache-scorer", "lora-affinity-scorer"]
    let plugins = types.map { ConfigurationNode(dictionaryLiteral: ("type", .init(.string($0)))) }
    var scheduler = Scheduler(try configuration(.init(.array(plugins))))
    let snapshot = scheduler.snapshot(
      of: pods.enumerated().map { pod($0, waiting: $1.0, kv: $1.1, models: $1.2) }, at: 0)
    for seed in 0..<10 as Range<UInt64> {
      let choice = scheduler.choice(request("test", model: model), snapshot, subset: subset, seed: seed)
      #expect(choice == expected)
    }
  }

  @Test func failures() throws {
    var generator = SplitMix64(seed: 1)
    var scheduler = Scheduler(try configuration([["type": "decode-filter"], ["type": "queue-scorer"]]))
    func failure(_ snapshot: Snapshot, _ subset: [Int]?) -> PickFailure? {
      let outcome = scheduler.pick(
        request(), candidates: snapshot, subset: subset, at: 0, explain: true, using: &generator)
      #expect(outcome.explanation?.chosen == nil && outcome.explanation?.candidates == [])
      guard case .failure(let failure) = outcome.result else { return nil }
      return failure
    }
    let empty = scheduler.snapshot(of: [], at: 0)
    #expect(failure(empty, nil)?.status == 503)
    let prefill = scheduler.snapshot(of: [pod(0, labels: ["llm-d.ai/role": "prefill"])], at: 0)
    #expect(failure(prefill, nil) == .allFiltered(profile: "default", filter: "decode-filter"))
    #expect(failure(prefill, nil)?.status == 429)
    #expect(failure(prefill, []) == .noCandidates)
    #expect(failure(prefill, [7, -1]) == .noCandidates)
    #expect(failure(prefill, [])?.message == "failed to find endpoint candidates for serving the request")
  }

  @Test func learnsPrefixes() throws {
    var scheduler = Scheduler(
      try configuration([["type": "prefix-cache-scorer"]]))
    let snapshot = scheduler.snapshot(of: (0..<8).map { pod($0) }, at: 0)
    let prompt = request(String(repeating: "abcdefgh", count: 40))
    let first = try scheduler.decision(prompt, snapshot)
    #expect(first.prefixBlocks == (0, 5))
    _ = scheduler.requestSent(first, at: 0)
    #expect(scheduler.prefixIndexSize == 5)
    for seed in 0..<20 as Range<UInt64> {
      let pick = try scheduler.decision(prompt, snapshot, seed: seed)
      #expect(pick.targets[0].index == first.targets[0].index && pick.prefixBlocks == (5, 5))
    }
    // Another salt is another prefix.
    var salted = prompt
    salted.cacheSalt = "s"
    #expect(try scheduler.decision(salted, snapshot).prefixBlocks.matched == 0)
  }

  @Test func countsWhatIsInFlight() throws {
    var scheduler = Scheduler(try configuration([["type": "active-request-scorer"]]))
    let snapshot = scheduler.snapshot(of: [pod(0), pod(1), pod(2)], at: 0)
    let prompt = request(String(repeating: "x", count: 400))
    var sent: [SentRequest] = []
    var counts = [0, 0, 0]
    for seed in 0..<9 as Range<UInt64> {
      let pick = try scheduler.decision(prompt, snapshot, seed: seed)
      counts[pick.targets[0].index] += 1
      sent.append(scheduler.requestSent(pick, at: 0))
    }
    #expect(counts == [3, 3, 3])
    #expect(scheduler.inFlight(pod(1).id) == (3, 750))
    for request in sent { scheduler.requestFinished(request) }
    #expect(scheduler.inFlight(pod(1).id) == (0, 0))
  }

  @Test func forgetsEndpointsThatAreGone() throws {
    var scheduler = Scheduler()
    let all = scheduler.snapshot(of: [pod(0), pod(1)], at: 0)
    let prompt = request(String(repeating: "x", count: 640))
    let sent = scheduler.requestSent(try scheduler.decision(prompt, all, subset: [1]), at: 0)
    _ = scheduler.snapshot(of: [pod(0)], at: Self.second)
    #expect(scheduler.prefixIndexSize == 10)
    scheduler.purge(at: 121 * Self.second)
    #expect(scheduler.prefixIndexSize == 0)
    // A new pod gets the old one's number, and nothing of its past.
    let next = scheduler.snapshot(of: [pod(0), pod(2)], at: 122 * Self.second)
    #expect(try scheduler.decision(prompt, next, subset: [1]).prefixBlocks == (0, 10))
    _ = scheduler.requestSent(try scheduler.decision(prompt, next, subset: [1]), at: 0)
    scheduler.requestFinished(sent)
    #expect(scheduler.inFlight(pod(2).id).requests == 1)
    // A snapshot of another scheduler, with numbers that this one has not given out, does no harm.
    var other = Scheduler()
    let foreign = other.snapshot(of: (0..<200).map { pod($0) }, at: 0)
    _ = scheduler.requestSent(try scheduler.decision(prompt, foreign, subset: [199]), at: 0)
  }

  @Test func sessionTokens() throws {
    var scheduler = Scheduler(try configuration([["type": "session-affinity-scorer"]]))
    let snapshot = scheduler.snapshot(of: (0..<5).map { pod($0) }, at: 0)
    let first = try scheduler.decision(request(), snapshot, subset: [3])
    #expect(first.responseHeaders == [HeaderField(name: "x-session-token", value: "ZGVmYXVsdC9wb2QtMw==")])
    let token = ["x-session-token": first.responseHeaders[0].value]
    for seed in 0..<20 as Range<UInt64> {
      #expect(scheduler.choice(request(headers: token), snapshot, seed: seed) == 3)
    }
    for value in ["", "!!", "ZGVmYXVsdC9wb2QtOQ=="] {
      #expect(scheduler.choice(request(headers: ["x-session-token": value]), snapshot) != nil)
    }
  }

  @Test func sessionIDs() throws {
    let parameters: ConfigurationNode = [
      "strategy": "session_id", "sessionIdConfig": ["sources": [["header": "X-Sid"]], "evictionTtlSeconds": 10],
    ]
    var scheduler = Scheduler(
      try configuration([
        ["type": "session-affinity-scorer", "parameters": parameters],
        ["type": "session-affinity-filter", "parameters": parameters],
      ]))
    let snapshot = scheduler.snapshot(of: (0..<5).map { pod($0) }, at: 0)
    let mine = request(headers: ["x-sid": "me"])
    let pick = try scheduler.decision(mine, snapshot, subset: [2])
    #expect(pick.responseHeaders.isEmpty)
    _ = scheduler.requestSent(pick, at: 0)
    for seed in 0..<20 as Range<UInt64> {
      #expect(scheduler.choice(mine, snapshot, at: 9 * Self.second, seed: seed) == 2)
    }
    // The session's endpoint is not among the candidates, so all of them stay.
    #expect(scheduler.choice(mine, snapshot, subset: [0]) == 0)
    let late = Set((0..<40).map { scheduler.choice(mine, snapshot, at: 10 * Self.second, seed: $0) })
    #expect(late.count > 1)
  }

  @Test func fallbackList() throws {
    var scheduler = Scheduler(
      try configuration([
        ["type": "queue-scorer"], ["type": "max-score-picker", "parameters": ["maxNumOfEndpoints": 2]],
      ]))
    var last = pod(2, waiting: 1)
    last.address = "fd00::1"
    let snapshot = scheduler.snapshot(of: [pod(0, waiting: 9), pod(1, waiting: 0), last], at: 0)
    #expect(try scheduler.decision(request(), snapshot).destination == "192.168.1.2:8000,[fd00::1]:8000")
  }

  @Test func loadsAreRenewedInPlace() {
    var scheduler = Scheduler()
    var snapshot = scheduler.snapshot(of: [pod(0), pod(1, waiting: 5)], at: 0)
    #expect(scheduler.choice(request(), snapshot) == 0)
    var metrics = EndpointMetrics()
    metrics.waiting = 50
    snapshot.update(metrics, at: 0)
    snapshot.update(metrics, at: 2)
    #expect(scheduler.choice(request(), snapshot) == 1)
  }
}
