import Testing

@testable import Simulation

@Suite struct AdapterTests {
  /// Submits one request per adapter at 0, each 10 ms long; the result is the order of starts with their instants.
  private func starts(_ configuration: EngineConfiguration, _ names: [String?]) throws -> [String] {
    var engine = Engine(configuration: configuration)
    for (id, name) in names.enumerated() { _ = try engine.accept(.exact(UInt64(id), tokens: 1, adapter: name)) }
    #expect(engine.checkInvariants() == [])
    return engine.emissionsToTheEnd().compactMap {
      guard case .scheduled(let id, let at) = $0 else { return nil }
      return "\(id.value)@\(at.nanoseconds / 1_000_000)"
    }
  }

  @Test(
    arguments: [
      // One place: b waits for a's end although there are slots; the base model does not wait.
      (1, ["a", "b", nil, "a"], ["0@0", "2@0", "3@0", "1@10"]),
      (2, ["a", "b", "c", "a"], ["0@0", "1@0", "3@0", "2@10"]),
      (3, ["a", "b", "c", "a"], ["0@0", "1@0", "2@0", "3@0"]),
    ] as [(Int, [String?], [String])])
  func placesForAdapters(maxLoras: Int, names: [String?], expected: [String]) throws {
    #expect(try starts(.constant(ttft: 10, maxNumSeqs: 5).with { $0.maxLoras = maxLoras }, names) == expected)
  }

  @Test func loadedAdaptersGoFirst() throws {
    // Slots are the bottleneck: when 0 ends, 2 (loaded) goes before 1 (not loaded); then 1 can be loaded.
    let configuration = EngineConfiguration.constant(ttft: 10, maxNumSeqs: 1)
    #expect(try starts(configuration, ["a", "b", "a", nil]) == ["0@0", "2@10", "3@20", "1@30"])
  }

  @Test func leastRecentlyUsedMakesRoom() throws {
    var engine = Engine(configuration: .constant(ttft: 1).with { $0.maxLoras = 2 })
    func run(_ name: String, _ id: UInt64, at time: Int64) throws {
      _ = try engine.accept(.exact(id, tokens: 1, adapter: name), at: .ms(time))
      _ = engine.emissionsToTheEnd()
      #expect(engine.checkInvariants() == [])
    }
    try run("a", 1, at: 0)
    try run("b", 2, at: 10)
    #expect(engine.load.loadedAdapters == [LoadedAdapter(name: "a", slot: 1), LoadedAdapter(name: "b", slot: 2)])
    try run("a", 3, at: 20)
    try run("c", 4, at: 30)
    #expect(engine.load.loadedAdapters == [LoadedAdapter(name: "a", slot: 1), LoadedAdapter(name: "c", slot: 2)])
    try run("d", 5, at: 40)
    #expect(engine.load.loadedAdapters == [LoadedAdapter(name: "d", slot: 1), LoadedAdapter(name: "c", slot: 2)])
    #expect(engine.load.hostAdapters.sorted() == ["c", "d"])
  }

  @Test func hostMemoryKeepsUnloadedAdapters() throws {
    var engine = Engine(
      configuration: .constant(ttft: 1).with {
        $0.maxLoras = 1
        $0.maxCPULoras = 3
      })
    var held: [[String]] = []
    for (id, name) in ["a", "b", "c", "a", "d", "e"].enumerated() {
      _ = try engine.accept(.exact(UInt64(id), tokens: 1, adapter: name), at: .ms(Int64(id) * 10))
      _ = engine.emissionsToTheEnd()
      held.append(engine.load.hostAdapters.sorted())
      #expect(engine.checkInvariants() == [])
    }
    #expect(held == [["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c"], ["a", "c", "d"], ["a", "d", "e"]])
  }

  @Test func loadTellsDeferredFromCapacity() throws {
    var engine = Engine(configuration: .constant(ttft: 10, maxNumSeqs: 2))
    let names: [String?] = ["a", "a", "b", "c", "b", nil, "a"]
    for (id, name) in names.enumerated() { _ = try engine.accept(.exact(UInt64(id), tokens: 1, adapter: name)) }
    let load = engine.load
    #expect(load.running == 2)
    #expect(load.runningAdapters == [AdapterCount(name: "a", count: 2)])
    #expect(Set(load.waitingAdapters.map { "\($0.name)\($0.count)" }) == ["a1", "b2", "c1"])
    #expect(load.waiting == 5)
    #expect(load.deferred == 3)
    #expect(load.waitingForCapacity == 2)
  }

  @Test func forgetsAdaptersThatAreGone() throws {
    var engine = Engine(configuration: .constant(ttft: 1, maxNumSeqs: 1))
    for id in 0..<1000 {
      _ = try engine.accept(.exact(UInt64(id), tokens: 1, adapter: "adapter-\(id)"), at: .ms(Int64(id) * 10))
      _ = engine.emissionsToTheEnd()
    }
    #expect(engine.load.hostAdapters == ["adapter-999"])
  }

  @Test func arrivalsDoNotOvertakeThoseThatCouldRun() throws {
    // 20 blocks: the second request lacks blocks, so the small third one waits behind it.
    var engine = Engine(
      configuration: .constant(ttft: 10).with {
        $0.blockSize = 1
        $0.numKVBlocks = 20
      })
    _ = try engine.accept(.exact(1, tokens: 1, prompt: 12))
    _ = try engine.accept(.exact(2, tokens: 1, prompt: 12))
    _ = try engine.accept(.exact(3, tokens: 1, prompt: 1))
    #expect(engine.load.running == 1)
    let emissions = engine.emissionsToTheEnd()
    #expect(emissions.scheduled == [1, 2, 3])
    #expect(emissions.finish(3) == .ms(20))
  }
}
