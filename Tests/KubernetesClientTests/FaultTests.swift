import EndpointPicking
import Glibc
import HTTPServer
import KubernetesClient
import TestSupport
import Testing

/// An API server that does everything wrong: what was known stays, and all is well once it is.
@Suite struct FaultTests {
  private let pool = PoolWatchFixture.pool

  private func server(_ tls: TLSIdentity? = nil) throws -> TestAPIServer {
    let server = try TestAPIServer(tls: tls)
    server.change { cluster in
      cluster.put(Sample.pools, "pool", Sample.pool())
      cluster.put(Sample.pods, "a", labels: ["app": "x"], Sample.pod("10.0.1.1"))
      cluster.put(Sample.pods, "b", labels: ["app": "x"], Sample.pod("10.0.1.2"))
    }
    return server
  }

  /// All is as the server has it.
  private func agrees(_ fixture: PoolWatchFixture) async -> Bool {
    let (told, server) = (fixture.told, fixture.server)
    return await eventually {
      let pods = server.shared.state.withLock { $0.cluster.select(Sample.pods, .init(labels: ["app": "x"])) }
      let expected = Dictionary(
        uniqueKeysWithValues: pods.map { ("default/\($0.key.name)", String($0.value.version)) })
      return told.now.pods.mapValues { $0.metadata.resourceVersion ?? "" } == expected
    }
  }

  private static let html = "<!DOCTYPE html><html><body>Sign in to continue</body></html>"

  @Test(
    arguments: [
      Fault.status(401), .status(403, TestAPIApplication.status(403, "Forbidden")), .status(404), .status(500),
      .status(429, headers: [HTTPHeader("Retry-After", "0")]), .status(503, html), .status(200, html), .status(200, ""),
      .status(200, #"{"kind":"PodList","items":["#), .status(200, #"{"kind":"PodList","items":[]}"#),
      .status(200, #"{"metadata":{"resourceVersion":"5"},"items":7}"#), .status(200, "[]"), .cut,
    ], ["/pods?limit", "/pods?watch", "/inferencepools?limit", "GET /apis/"])
  func requestsThatFailAreMadeAgain(fault: Fault, text: String) async throws {
    let server = try server()
    server.fail(text, with: fault, times: 3)
    let fixture = try await PoolWatchFixture(server)
    #expect(await fixture.isSynced())
    #expect(await agrees(fixture))
    server.change { $0.put(Sample.pods, "c", labels: ["app": "x"], Sample.pod("10.0.1.3")) }
    #expect(await agrees(fixture))
    #expect(await eventually { server.shared.state.withLock { $0.faults.isEmpty } })
    #expect(await agrees(fixture))
  }

  @Test func failuresAreToldOnceAndInWords() async throws {
    let server = try server()
    server.fail("/pods?limit", with: .status(403, TestAPIApplication.status(403, "Forbidden")), times: 3)
    server.fail("/inferencepools?limit", with: .status(200, Self.html), times: 3)
    let fixture = try await PoolWatchFixture(server)
    #expect(await fixture.isSynced())
    let lost = fixture.told.now.lost
    #expect(lost.filter { $0.hasPrefix("pods") } == ["pods in default: status 403 (Forbidden): forbidden"])
    #expect(lost.count == 2)
    #expect(lost.contains { $0.contains("inferencepools") && $0.contains("<!DOCTYPE html>") })
    #expect(await eventually { fixture.told.now.events.contains(.found(what: "pods in default")) })
  }

  @Test func whatMayNotBeReadDoesNotHoldUpTheRest() async throws {
    let server = try server()
    server.fail("inferencemodels?", with: .status(403), times: 1_000)
    let fixture = try await PoolWatchFixture(server)
    #expect(await fixture.isSynced())
    #expect(fixture.told.now.lost.count == 1)
  }

  @Test(arguments: [1, 30, 200, 700], [true, false]) func streamsThatBreakWithinAnEvent(bytes: Int, isCut: Bool)
    async throws
  {
    let server = try server()
    let fixture = try await PoolWatchFixture(server)
    #expect(await fixture.isSynced())
    server.fail("/pods?watch", with: .part(bytes, isCut: isCut), times: 4)
    server.endWatches(isCut: isCut)
    for index in 0..<6 {
      server.change { $0.put(Sample.pods, "n\(index)", labels: ["app": "x"], Sample.pod("10.0.3.\(index)")) }
      if index == 3 { server.change { $0.delete(Sample.pods, "a") } }
    }
    #expect(await agrees(fixture))
    #expect(fixture.told.now.pods.count == 7)
  }

  @Test(arguments: [
    html, "null\n", "{}\n", #"{"type":"ADDED"}"# + "\n", #"{"type":"ADDED","object":{}}"# + "\n",
    #"{"type":"MODIFIED","object":{"metadata":{"name":"a"}}}"# + "\n", #"{"type":"DELETED","object":7}"# + "\n",
    #"{"type":"BOOKMARK","object":{"kind":"Pod"}}"# + "\n", #"{"type":"ERROR","object":{}}"# + "\n",
    #"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}"# + "\n", "\u{0}\u{1}\n",
    #"{"type":"SOMETHING","object":{"metadata":{}}}"# + "\n",
  ]) func streamsThatAreNone(text: String) async throws {
    let server = try server()
    server.fail("/pods?watch", with: .stream(text), times: 3)
    let fixture = try await PoolWatchFixture(server)
    #expect(await fixture.isSynced())
    #expect(await eventually { server.shared.state.withLock { $0.faults.isEmpty } })
    server.change { cluster in
      cluster.delete(Sample.pods, "a")
      cluster.put(Sample.pods, "c", labels: ["app": "x"], Sample.pod("10.0.1.3"))
    }
    #expect(await agrees(fixture))
  }

  @Test func slowStreamsLoseNothing() async throws {
    let server = try server()
    server.shared.state.withLock { $0.sliceBytes = 7 }
    let fixture = try await PoolWatchFixture(server)
    #expect(await fixture.isSynced())
    for index in 0..<5 {
      server.change { $0.put(Sample.pods, "n\(index)", labels: ["app": "x"], Sample.pod("10.0.3.\(index)")) }
    }
    server.bookmark()
    #expect(await agrees(fixture))
    #expect(server.requests("/pods?limit").count == 1)
  }

  @Test func bookmarksSaveTheNextListFromHistoryThatIsForgotten() async throws {
    let server = try server()
    let fixture = try await PoolWatchFixture(server)
    #expect(await fixture.isSynced())
    #expect(await eventually { !server.requests("/pods?watch").isEmpty })
    // Much happens elsewhere; only the bookmark says that it does not matter here.
    server.change { cluster in for _ in 0..<50 { cluster.pass() } }
    server.bookmark()
    let version = server.shared.state.withLock { $0.cluster.version }
    server.change { $0.compact() }
    try await Task.sleep(for: .milliseconds(50))
    server.endWatches(isCut: false)
    #expect(await eventually { !server.requests("/pods?watch=true&resourceVersion=\(version)&").isEmpty })
    server.change { $0.put(Sample.pods, "c", labels: ["app": "x"], Sample.pod("10.0.1.3")) }
    #expect(await agrees(fixture))
    #expect(server.requests("/pods?limit").count == 1)
  }

  @Test(arguments: [true, false]) func forgottenHistoryIsListedAnew(byStatus: Bool) async throws {
    let server = try server()
    server.shared.state.withLock { $0.expiresByStatus = byStatus }
    let fixture = try await PoolWatchFixture(server)
    #expect(await fixture.isSynced())
    server.endWatches(isCut: true)
    server.change { cluster in
      cluster.delete(Sample.pods, "a")
      cluster.put(Sample.pods, "c", labels: ["app": "x"], Sample.pod("10.0.1.3"))
      cluster.compact()
    }
    #expect(await agrees(fixture))
    #expect(server.requests("/pods?limit").count == 2)
    #expect(fixture.told.now.lost.isEmpty)
  }

  @Test func theServerGoesAwayAndComesBack() async throws {
    let server = try server()
    let fixture = try await PoolWatchFixture(server)
    let told = fixture.told
    #expect(await fixture.isSynced())
    server.stop()
    server.change { cluster in
      cluster.delete(Sample.pods, "b")
      cluster.put(Sample.pods, "c", labels: ["app": "x"], Sample.pod("10.0.1.3"))
    }
    #expect(await eventually { told.now.lost.contains { $0.hasPrefix("pods in default: ") } })
    try await Task.sleep(for: .milliseconds(300))
    #expect(told.endpoints(pool) == ["10.0.1.1:8000", "10.0.1.2:8000"])
    // However long it is away, that is one line for each thing that is watched.
    let watched = 7 + 1  // the group that is not served is asked for again
    #expect(told.now.lost.count == watched)
    try server.restart()
    #expect(await agrees(fixture))
    #expect(
      await eventually { told.now.events.filter { if case .found = $0 { true } else { false } }.count == watched })
  }

  @Test func objectsThatCannotBeUnderstoodAreNamedAndSkipped() async throws {
    let server = try server()
    server.change { cluster in
      cluster.put(Sample.experimental("inferenceobjectives"), "good", Sample.objective(1))
      cluster.put(Sample.experimental("inferenceobjectives"), "bare", #""status":{}"#)
      cluster.put(Sample.experimental("inferencemodelrewrites"), "r", Sample.rewrite("one"))
    }
    let fixture = try await PoolWatchFixture(server)
    let told = fixture.told
    #expect(await fixture.isSynced())
    #expect(told.now.objectives == ["default/good": 1])
    #expect(told.now.problems == ["InferenceObjective default/bare: spec: required"])
    server.change { cluster in
      cluster.put(
        Sample.experimental("inferencemodelrewrites"), "r", #""spec":{"poolRef":{"name":"pool"},"rules":[{}]}"#)
      cluster.put(
        Sample.experimental("inferenceobjectives"), "good", #""spec":{"priority":"high","poolRef":{"name":"p"}}"#)
      cluster.put(Sample.pods, "a", labels: ["app": "x"], #""status":{"podIP":"10.0.1.9"}"#)
    }
    #expect(await eventually { told.now.problems.count == 4 })
    #expect(
      Set(told.now.problems.dropFirst()) == [
        "InferenceModelRewrite default/r: spec.rules[0].targets: required",
        "InferenceObjective default/good: spec.priority: expected an integer, got a string",
        "Pod default/a: spec: required",
      ])
    // The last good versions stay.
    #expect(told.now.objectives == ["default/good": 1])
    #expect(told.now.rewrites == ["default/r": ["one"]])
    #expect(told.endpoints(pool) == ["10.0.1.1:8000", "10.0.1.2:8000"])
    // Listed anew, they are not told again.
    server.change { $0.compact() }
    server.endWatches(isCut: true)
    #expect(await eventually { server.requests("inferenceobjectives?limit").count >= 3 })
    #expect(told.now.problems.count == 4)
    server.change { $0.put(Sample.experimental("inferencemodelrewrites"), "r", Sample.rewrite("two")) }
    #expect(await eventually { told.now.rewrites == ["default/r": ["two"]] })
  }

  @Test func aTokenThatIsReplaced() async throws {
    let server = try server()
    let folder = try TemporaryFolder()
    try folder.write("token", "first\n")
    server.shared.state.withLock { $0.tokens = ["first"] }
    let fixture = try await PoolWatchFixture(
      server, ClusterConfiguration(server: server.url, credential: .tokenFile(folder.path + "/token")))
    #expect(await fixture.isSynced())
    // The old one is refused before the new one is there.
    server.shared.state.withLock { $0.tokens = ["second"] }
    server.endWatches(isCut: true)
    #expect(await eventually { fixture.told.now.lost.contains { $0.contains("status 401") } })
    #expect(fixture.told.now.pods.count == 2)
    try folder.write("token", "second\n")
    server.change { $0.put(Sample.pods, "c", labels: ["app": "x"], Sample.pod("10.0.1.3")) }
    #expect(await agrees(fixture))
  }

  @Test func serversThatAreNotTrustedAreNotAsked() async throws {
    let identity = try TLSIdentity.selfSigned(hostName: nil)
    let server = try server(identity)
    let folder = try TemporaryFolder()
    try folder.write("ca.crt", try TLSIdentity.selfSigned(hostName: nil).certificate)
    try folder.write("good.crt", identity.certificate)
    let wrong = try await PoolWatchFixture(
      server, ClusterConfiguration(server: server.url, authorities: .file(folder.path + "/ca.crt")))
    #expect(await eventually { wrong.told.now.lost.count == 4 })
    #expect(server.journal.isEmpty)
    let right = try await PoolWatchFixture(
      server, ClusterConfiguration(server: server.url, authorities: .file(folder.path + "/good.crt")))
    #expect(await right.isSynced())
    #expect(right.told.endpoints(pool) == ["10.0.1.1:8000", "10.0.1.2:8000"])
    server.change { $0.put(Sample.pods, "c", labels: ["app": "x"], Sample.pod("10.0.1.3")) }
    #expect(await agrees(right))
  }
}
