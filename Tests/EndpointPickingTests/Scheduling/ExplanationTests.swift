import Simulation
import Testing

@testable import EndpointPicking

@Suite struct ExplanationTests {
  @Test func json() throws {
    var scheduler = Scheduler(
      try configuration(
        [["type": "decode-filter"], ["type": "queue-scorer"]],
        profiles: [
          [
            "name": "default",
            "plugins": [["pluginRef": "decode-filter"], ["pluginRef": "queue-scorer", "weight": 2.5]],
          ]
        ]), pool: "po\"ol\n")
    let snapshot = scheduler.snapshot(
      of: [pod(0, waiting: 1, kv: 0.25, models: ["b", "a"]), pod(1, labels: ["llm-d.ai/role": "prefill"])], at: 0)
    var generator = SplitMix64(seed: 1)
    let outcome = scheduler.pick(request(model: "ü"), candidates: snapshot, at: 0, explain: true, using: &generator)
    let json = String(decoding: try #require(outcome.explanation).json, as: UTF8.self)
    let expected =
      #"{"request_id":"id","pool":"po\"ol\u000a","model":"\u00fc","target_model":"\u00fc","profile":"default","#
      + #""filters":[{"name":"decode-filter","kept":1}],"chosen":"pod-0","candidates":[{"pod":"pod-0","#
      + #""endpoint":"192.168.1.1:8000","total":2.5,"scores":[{"scorer":"queue-scorer","weight":2.5,"score":1}],"#
      + #""inputs":{"waiting":1,"running":0,"kv_usage":0.25,"active_loras":["a","b"],"waiting_loras":[],"#
      + #""max_loras":0,"prefix_matched":0,"prefix_total":0}}]}"#
    #expect(json == expected)
  }

  /// Chosen endpoints are among the candidates and best; scores follow from the inputs and totals from the scores;
  /// equal seeds give equal picks, explained or not.
  @Test(arguments: Array(1...30) as [UInt64])
  func picksCanBeRecomputed(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let names = [
      "queue-scorer", "running-requests-size-scorer", "kv-cache-utilization-scorer", "lora-affinity-scorer",
      "prefix-cache-scorer",
    ]
    let plugins =
      names.map { ConfigurationNode(dictionaryLiteral: ("type", .init(.string($0)))) } + [["type": "decode-filter"]]
    let entries = names.map { name -> ConfigurationNode in
      ["pluginRef": .init(.string(name)), "weight": .init(.int(Int.random(in: 1...5, using: &generator)))]
    }
    var scheduler = Scheduler(
      try configuration(
        .init(.array(plugins)),
        profiles: [["name": "p", "plugins": .init(.array(entries + [["pluginRef": "decode-filter"]]))]]))
    let roles = ["decode", "prefill", "both"]
    for _ in 0..<20 {
      let endpoints = (0..<Int.random(in: 1...40, using: &generator)).map { index in
        pod(index, labels: ["llm-d.ai/role": roles.randomElement(using: &generator) ?? "decode"]) { metrics in
          metrics.waiting = Int.random(in: 0..<9, using: &generator)
          metrics.running = Int.random(in: 0..<9, using: &generator)
          metrics.kvUsage = Double.random(in: 0...1, using: &generator)
          metrics.maxAdapters = Int.random(in: 0..<3, using: &generator)
          if Bool.random(using: &generator) { metrics.activeAdapters = ["m"] }
          if Bool.random(using: &generator) { metrics.waitingAdapters = ["m", "x"] }
        }
      }
      let snapshot = scheduler.snapshot(of: endpoints, at: 0)
      let asked = request(String(repeating: "x", count: Int.random(in: 0..<600, using: &generator)))
      var again = generator
      let outcome = scheduler.pick(asked, candidates: snapshot, at: 0, explain: true, using: &generator)
      let plain = scheduler.pick(asked, candidates: snapshot, at: 0, using: &again)
      guard case .success(let pick) = outcome.result, case .success(let same) = plain.result else {
        #expect(!endpoints.contains { $0.labels["llm-d.ai/role"] != "prefill" })
        continue
      }
      #expect(pick.targets == same.targets && plain.explanation == nil)
      try check(try #require(outcome.explanation), names, endpoints[pick.targets[0].index])
      _ = scheduler.requestSent(pick, at: 0)
    }
  }

  private func check(_ explanation: PickExplanation, _ names: [String], _ chosen: Endpoint) throws {
    let candidates = explanation.candidates
    #expect(explanation.filters.map(\.kept) == [candidates.count])
    let mine = try #require(candidates.first { $0.pod == chosen.id.name })
    #expect(explanation.chosen == mine.pod && chosen.labels["llm-d.ai/role"] != "prefill")
    #expect(mine.total == candidates.map(\.total).max())
    for candidate in candidates {
      let inputs = candidate.inputs
      func spread(_ value: (PickExplanation.Inputs) -> Int) -> Double {
        let all = candidates.map { value($0.inputs) }
        guard let low = all.min(), let high = all.max(), low < high else { return 1 }
        return Double(high - value(inputs)) / Double(high - low)
      }
      let slots = inputs.activeAdapters.count + inputs.waitingAdapters.count < inputs.maxAdapters
      let lora: Double =
        inputs.activeAdapters.contains("m") ? 1 : slots ? 0.8 : inputs.waitingAdapters.contains("m") ? 0.6 : 0
      let prefix = inputs.prefixTotal > 0 ? Double(inputs.prefixMatched) / Double(inputs.prefixTotal) : 0
      let expected = [spread(\.waiting), spread(\.running), 1 - inputs.kvUsage, lora, prefix]
      #expect(candidate.scores.map(\.scorer) == names)
      #expect(near(candidate.scores.map(\.score), expected))
      let total = candidate.scores.reduce(0) { $0 + $1.weight * $1.score }
      #expect(near([candidate.total], [total]))
    }
  }
}
