import Testing

@testable import EndpointPicking

@Suite struct ProfileTests {
  static let prefillDecode: ConfigurationNode = [
    ["name": "prefill", "plugins": [["pluginRef": "prefill-filter"]]],
    ["name": "decode", "plugins": [["pluginRef": "decode-filter"], ["pluginRef": "prefix-cache-scorer"]]],
    ["name": "encode", "plugins": [["pluginRef": "encode-filter"]]],
  ]

  static func scheduler(_ handler: ConfigurationNode, profiles: ConfigurationNode? = nil) throws -> Scheduler {
    Scheduler(
      try configuration(
        [
          ["type": "prefill-filter"], ["type": "decode-filter"], ["type": "encode-filter"],
          ["type": "prefix-cache-scorer"], ["type": "always-disagg-pd-decider"],
          ["type": "always-disagg-multimodal-decider"],
          ["type": "prefix-based-pd-decider", "parameters": ["nonCachedTokens": 32, "promptTokens": 20]], handler,
        ], profiles: profiles ?? prefillDecode))
  }

  static let pods = [
    pod(0, labels: ["llm-d.ai/role": "prefill"]), pod(1, labels: ["llm-d.ai/role": "decode"]),
    pod(2, labels: ["llm-d.ai/role": "encode"]),
  ]

  @Test func prefillWhenTooLittleIsCached() throws {
    var scheduler = try Self.scheduler([
      "type": "disagg-profile-handler", "parameters": ["deciders": ["prefill": "prefix-based-pd-decider"]],
    ])
    let snapshot = scheduler.snapshot(of: Self.pods, at: 0)
    #expect(try scheduler.decision(request(String(repeating: "x", count: 127)), snapshot).prefill == nil)
    let prompt = request(String(repeating: "x", count: 256))
    let pick = try scheduler.decision(prompt, snapshot)
    #expect(pick.profile == "decode" && pick.targets[0].index == 1 && pick.prefill?.index == 0)
    #expect(pick.requestHeaders == [HeaderField(name: "x-prefiller-host-port", value: "192.168.1.1:8000")])
    #expect(pick.removedRequestHeaders.contains("x-prefiller-host-port"))
    _ = scheduler.requestSent(pick, at: 0)
    // Both endpoints now hold the prompt, so decode does it alone.
    #expect(scheduler.prefixIndexSize == 8)
    #expect(try scheduler.decision(prompt, snapshot).prefill == nil)
  }

  @Test func stagesWithoutEndpointsAreLeftOut() throws {
    var scheduler = try Self.scheduler([
      "type": "pd-profile-handler", "parameters": ["deciderPluginName": "always-disagg-pd-decider"],
    ])
    let alone = scheduler.snapshot(of: [Self.pods[1]], at: 0)
    let pick = try scheduler.decision(request(), alone)
    #expect(pick.prefill == nil && pick.requestHeaders.isEmpty)
    let none = scheduler.snapshot(of: [Self.pods[0]], at: 0)
    #expect(throws: PickFailure.allFiltered(profile: "decode", filter: "decode-filter")) {
      try scheduler.decision(request(), none)
    }
  }

  @Test(arguments: [true, false])
  func encode(isMultimodal: Bool) throws {
    var scheduler = try Self.scheduler([
      "type": "disagg-profile-handler",
      "parameters": ["deciders": ["encode": "always-disagg-multimodal-decider"], "stageOrder": ["decode", "encode"]],
    ])
    let snapshot = scheduler.snapshot(of: Self.pods, at: 0)
    var image = request()
    image.isMultimodal = isMultimodal
    let pick = try scheduler.decision(image, snapshot)
    #expect(pick.encoders.map(\.index) == (isMultimodal ? [2] : []))
    #expect(pick.requestHeaders.map(\.name) == (isMultimodal ? ["x-encoder-hosts-ports"] : []))
  }

  @Test func dataParallelRanks() throws {
    let plugins: ConfigurationNode = [["type": "data-parallel-profile-handler"], ["type": "queue-scorer"]]
    var scheduler = Scheduler(try configuration(plugins))
    var ranks = [pod(0, waiting: 3), pod(0, waiting: 1)]
    ranks[1].id.rank = 1
    ranks[1].port = 8_001
    let pick = try scheduler.decision(request(), scheduler.snapshot(of: ranks, at: 0))
    #expect(pick.destination == "192.168.1.1:8000")
    #expect(pick.requestHeaders == [HeaderField(name: "x-data-parallel-host-port", value: "192.168.1.1:8001")])
  }

  @Test(arguments: [(nil, 1), ("prefill", 0), ("encode", 2), ("nothing", nil)] as [(String?, Int?)])
  func profileByHeader(name: String?, expected: Int?) throws {
    var scheduler = try Self.scheduler(["type": "header-profile-handler"])
    let snapshot = scheduler.snapshot(of: Self.pods, at: 0)
    let asked = request(headers: name.map { ["epp-profile": $0] } ?? [:])
    #expect(scheduler.choice(asked, snapshot) == expected)
  }
}
