import JSON
import Testing

@testable import EndpointPicking
@testable import Fleet

/// What `GET /api/live` answers.
@Suite struct LiveDocumentTests {
  /// A document with everything at its limits, and names as long as a client can make them.
  private static func largest() -> LiveDocument {
    let name = String(repeating: "\"<ü>", count: 10_000)
    let names = (0..<50).map { "\($0)\(name)" }
    var document = LiveDocument(start: 1, now: 2, mayChange: true, hasToken: false)
    document.replicas = (0..<2_000).map { index in
      var replica = LiveDocument.Replica(name: index == 0 ? name : "replica-\(index)", pool: name)
      replica.models = names
      replica.adapters = names
      if index == 0 { replica.load.activeAdapters = Set(names) }
      replica.load.kvUsage = .nan
      return replica
    }
    document.samples = (1...300).map { number in
      LiveSample(
        number: number, unixMilliseconds: 1_800_000_000_000, requests: 1.0 / 3, errors: 0, tokens: 1e9, running: 1,
        waiting: 1)
    }
    let candidates = (0..<1_000).map { index in
      PickExplanation.Candidate(
        pod: "pod-\(index)", endpoint: "e", total: Double(index % 7),
        scores: [.init(scorer: "s", weight: 1, score: 1)],
        inputs: .init(
          waiting: 0, running: 0, kvUsage: 0, activeAdapters: [], waitingAdapters: [], maxAdapters: 0, prefixMatched: 0,
          prefixTotal: 0))
    }
    let pick = PickExplanation(
      requestID: name, pool: "p", model: name, targetModel: name, profile: "d", filters: [], chosen: "pod-3",
      candidates: candidates)
    document.picks = Array(repeating: pick, count: 64)
    return document
  }

  @Test func isBounded() throws {
    let document = Self.largest()
    let json = document.json
    #expect(json.count < 16 << 20)
    try Picking.withJSON(String(decoding: json, as: UTF8.self)) { root in
      #expect(root.member("replicas")?.count == LiveDocument.replicaLimit)
      #expect(root.member("replica_count")?.integer == .exact(2_000))
      #expect(root.member("picks")?.count == LiveDocument.pickLimits.picks)
      let replica = root.member("replicas")?.element(0)
      #expect(replica?.member("adapters")?.count == LiveDocument.adapterLimit)
      #expect(replica?.member("kv")?.isNull == true)
      #expect((replica?.member("name")?.string?.unicodeScalars.count ?? 0) == 256)
      let sample = root.member("samples")?.element(0)
      #expect(sample?.count == 11)
      #expect(sample?.element(2)?.double == 0.333)
      #expect(sample?.element(5)?.isNull == true)
    }
  }

  @Test(
    arguments: [
      ("m", "m"), (String(repeating: "模", count: 256), String(repeating: "模", count: 256)),
      (String(repeating: "m", count: 257), String(repeating: "m", count: 255) + "…"),
      // One character to the eye.
      ("a" + String(repeating: "\u{301}", count: 9_999), "a" + String(repeating: "\u{301}", count: 254) + "…"),
    ])
  func longNames(name: String, shown: String) { #expect(name.shown.unicodeScalars.elementsEqual(shown.unicodeScalars)) }

  @Test func aHundredReplicasAreSmall() {
    var document = LiveDocument(start: 1, now: 2, mayChange: true, hasToken: false)
    document.replicas = (0..<100).map { index in
      var replica = LiveDocument.Replica(name: "vllm-\(index)", pool: "pool", models: ["facebook/opt-125m"])
      replica.behavior = .init(timeToFirstToken: 1, interTokenLatency: 1, failureRate: 0, isChanged: false)
      return replica
    }
    #expect(document.json.count < 40_000)
  }

  @Test func showsTheChosenAndTheBestOthers() throws {
    var document = Self.largest()
    document.picks = [document.picks[0]]
    try Picking.withJSON(String(decoding: document.json, as: UTF8.self)) { root in
      let pick = root.member("picks")?.element(0)
      let pods = pick?.member("candidates")?.elements.compactMap { $0.member("pod")?.string }
      #expect(pods == ["pod-3", "pod-104", "pod-111", "pod-118"])
      #expect(pick?.member("candidate_count")?.integer == .exact(1_000))
      #expect(root.member("picked")?.element(0)?.element(0)?.string == "pod-3")
    }
  }
}
