import EndpointPicking
import HTTPServer
import KubernetesClient
import Testing

/// What is watched and told, against a server that works as it should.
@Suite struct PoolWatchTests {
  private let pool = PoolWatchFixture.pool

  @Test func aWholePoolFromListsAndEvents() async throws {
    let server = try TestAPIServer()
    server.change { cluster in
      cluster.put(Sample.pools, "pool", Sample.pool())
      cluster.put(Sample.pools, "other", Sample.pool(["app": "other"]))
      for index in 0..<7 { cluster.put(Sample.pods, "p\(index)", labels: ["app": "x"], Sample.pod("10.0.1.\(index)")) }
      cluster.put(Sample.pods, "stranger", labels: ["app": "y"], Sample.pod("10.0.2.1"))
      cluster.put(Sample.experimental("inferenceobjectives"), "o", Sample.objective(4))
      cluster.put(Sample.experimental("inferencemodelrewrites"), "r", Sample.rewrite("a"))
      cluster.put(Sample.experimental("inferencemodels"), "m", Sample.model("gpt"))
    }
    let fixture = try await PoolWatchFixture(server, pageSize: 3)
    let told = fixture.told
    #expect(await fixture.isSynced())
    #expect(told.endpoints(pool) == (0..<7).map { "10.0.1.\($0):8000" })
    #expect(Array(told.now.pools.keys) == [pool])
    #expect(told.now.objectives == ["default/o": 4])
    #expect(told.now.rewrites == ["default/r": ["a"]])
    #expect(told.now.models == ["default/m": "gpt"])
    #expect(told.now.lost.isEmpty)
    #expect(told.now.problems.isEmpty)
    // Pages of three, of the pods with the pool's labels only; the pool by its name only.
    #expect(server.requests("continue=").count == 2)
    #expect(server.requests("/pods?").allSatisfy { $0.contains("labelSelector=app%3Dx") })
    #expect(server.requests("/inferencepools?").allSatisfy { $0.contains("fieldSelector=metadata.name%3Dpool") })
    #expect(server.requests("watch=true").allSatisfy { $0.contains("allowWatchBookmarks=true&timeoutSeconds=") })

    server.change { cluster in
      cluster.put(Sample.pods, "p7", labels: ["app": "x"], Sample.pod("10.0.1.7"))
      cluster.put(Sample.pods, "p0", labels: ["app": "x"], Sample.pod("10.0.1.0", isReady: false))
      cluster.put(Sample.pods, "p1", labels: ["app": "y"], Sample.pod("10.0.1.1"))
      cluster.put(
        Sample.pods, "p2", labels: ["app": "x"], Sample.pod("10.0.1.2"),
        extra: #","deletionTimestamp":"2026-01-31T13:00:00Z""#)
      cluster.delete(Sample.pods, "p3")
      // Pods without the condition are not ready yet.
      cluster.put(Sample.pods, "p8", labels: ["app": "x"], Sample.pod("10.0.1.8", isReady: nil))
      cluster.put(Sample.experimental("inferenceobjectives"), "o", Sample.objective(-1))
      cluster.delete(Sample.experimental("inferencemodelrewrites"), "r")
      cluster.delete(Sample.experimental("inferencemodels"), "m")
    }
    #expect(
      await eventually {
        told.endpoints(pool) == ["10.0.1.4:8000", "10.0.1.5:8000", "10.0.1.6:8000", "10.0.1.7:8000"]
      })
    #expect(await eventually { told.now.pods.count == 7 && told.now.pods["default/p8"]?.isReady == false })
    #expect(
      await eventually {
        told.now.objectives == ["default/o": -1] && told.now.rewrites.isEmpty && told.now.models.isEmpty
      })
    #expect(told.now.events.filter { $0 == .synced }.count == 1)
  }

  @Test func annotationsAndAgesComeThrough() async throws {
    let server = try TestAPIServer()
    server.change { cluster in
      cluster.put(Sample.pools, "pool", Sample.pool(ports: [8000, 8001]))
      cluster.put(
        Sample.pods, "p", labels: ["app": "x"], Sample.pod("10.0.1.1"),
        extra: #","annotations":{"inference.networking.k8s.io/active-ports":"8001"}"#)
      cluster.put(Sample.experimental("inferenceobjectives"), "o", Sample.objective(1))
    }
    let fixture = try await PoolWatchFixture(server)
    #expect(await fixture.isSynced())
    #expect(fixture.told.endpoints(pool) == ["10.0.1.1:8001"])
    let objective = fixture.told.now.events.compactMap { if case .objectiveSet(let found) = $0 { found } else { nil } }
    #expect(objective.first?.metadata.creationTimestamp == 1_769_860_800)
    #expect(objective.first?.metadata.appearance == nil)
    #expect(objective.first?.metadata.resourceVersion == "103")
  }

  @Test func aNewSelectorSubscribesAnewAndNewPortsDoNot() async throws {
    let server = try TestAPIServer()
    server.change { cluster in
      cluster.put(Sample.pools, "pool", Sample.pool())
      cluster.put(Sample.pods, "a", labels: ["app": "x"], Sample.pod("10.0.1.1"))
      cluster.put(Sample.pods, "b", labels: ["app": "y"], Sample.pod("10.0.1.2"))
      cluster.put(Sample.pods, "c", labels: ["app": "y"], Sample.pod("10.0.1.3"))
    }
    let fixture = try await PoolWatchFixture(server)
    let told = fixture.told
    #expect(await fixture.isSynced())
    #expect(told.endpoints(pool) == ["10.0.1.1:8000"])
    let lists = server.requests("/pods?limit").count
    server.change { $0.put(Sample.pools, "pool", Sample.pool(ports: [8000, 9000])) }
    #expect(await eventually { told.endpoints(pool) == ["10.0.1.1:8000", "10.0.1.1:9000"] })
    #expect(server.requests("/pods?limit").count == lists)
    server.change { $0.put(Sample.pools, "pool", Sample.pool(["app": "y"])) }
    #expect(await eventually { told.endpoints(pool) == ["10.0.1.2:8000", "10.0.1.3:8000"] })
    #expect(await eventually { Set(told.now.pods.keys) == ["default/b", "default/c"] })
    // Only the new selector is watched.
    server.change { cluster in
      cluster.put(Sample.pods, "a", labels: ["app": "x"], Sample.pod("10.0.1.9"))
      cluster.delete(Sample.pods, "b")
    }
    #expect(await eventually { told.endpoints(pool) == ["10.0.1.3:8000"] })
    #expect(Set(told.now.pods.keys) == ["default/c"])
  }

  @Test func theEndOfThePoolClears() async throws {
    let server = try TestAPIServer()
    let fixture = try await PoolWatchFixture(server)
    let told = fixture.told
    // A pool that is not there is known not to be there.
    #expect(await fixture.isSynced())
    #expect(told.now.pools.isEmpty)
    for _ in 0..<2 {
      server.change { cluster in
        cluster.put(Sample.pods, "a", labels: ["app": "x"], Sample.pod("10.0.1.1"))
        cluster.put(Sample.pools, "pool", Sample.pool())
      }
      #expect(await eventually { told.endpoints(pool) == ["10.0.1.1:8000"] })
      server.change { $0.delete(Sample.pools, "pool") }
      #expect(await eventually { told.now.pools.isEmpty && told.now.pods.isEmpty })
    }
    #expect(
      told.now.events.suffix(2) == [
        .podRemoved(NamespacedName(namespace: "default", name: "a")), .poolRemoved(pool),
      ])
  }

  @Test func poolsThatShareAPod() async throws {
    let server = try TestAPIServer()
    let second = PoolID(namespace: "default", name: "second")
    server.change { cluster in
      cluster.put(Sample.pools, "pool", Sample.pool())
      cluster.put(Sample.pools, "second", Sample.pool(["tier": "big"], ports: [9000]))
      cluster.put(Sample.pods, "both", labels: ["app": "x", "tier": "big"], Sample.pod("10.0.1.1"))
      cluster.put(Sample.pods, "one", labels: ["app": "x"], Sample.pod("10.0.1.2"))
    }
    let fixture = try await PoolWatchFixture(server, targets: [.named(pool), .named(second), .named(pool)])
    let told = fixture.told
    #expect(await fixture.isSynced())
    #expect(told.endpoints(pool) == ["10.0.1.1:8000", "10.0.1.2:8000"])
    #expect(told.endpoints(second) == ["10.0.1.1:9000"])
    server.change { $0.put(Sample.pods, "both", labels: ["tier": "big"], Sample.pod("10.0.1.1")) }
    #expect(await eventually { told.endpoints(pool) == ["10.0.1.2:8000"] })
    #expect(await eventually { told.endpoints(second) == ["10.0.1.1:9000"] })
    server.change { $0.delete(Sample.pools, "pool") }
    #expect(await eventually { Set(told.now.pods.keys) == ["default/both"] })
    // Objectives are watched once per namespace.
    #expect(server.requests("x-k8s.io/v1alpha2/namespaces/default/inferenceobjectives?limit").count == 1)
  }

  @Test func aSelectorInsteadOfAPool() async throws {
    let server = try TestAPIServer(served: [:])
    server.change { cluster in
      cluster.put(Sample.pods, "a", labels: ["app": "x"], Sample.pod("10.0.1.1"))
      cluster.put(Sample.pods, "b", labels: ["app": "y"], Sample.pod("10.0.1.2"))
    }
    let given = InferencePool(
      metadata: ObjectMetadata(name: "mine"), matchLabels: try EndpointSelector.parse("app=x"), targetPorts: [80, 81])
    let fixture = try await PoolWatchFixture(server, targets: [.given(given)])
    #expect(await fixture.isSynced())
    #expect(fixture.told.endpoints(given.id) == ["10.0.1.1:80", "10.0.1.1:81"])
    #expect(server.requests("inferencepools").isEmpty)
  }

  @Test func theOlderPoolVersion() async throws {
    let server = try TestAPIServer()
    let old = PoolID(namespace: "default", name: "old", group: APIGroup.experimental)
    server.change { cluster in
      cluster.put(
        Sample.experimental("inferencepools"), "old",
        #""spec":{"selector":{"app":"x"},"targetPortNumber":8100,"extensionRef":{"name":"epp"}}"#)
      cluster.put(Sample.pods, "a", labels: ["app": "x"], Sample.pod("10.0.1.1"))
    }
    let fixture = try await PoolWatchFixture(server, targets: [.named(old)])
    #expect(await fixture.isSynced())
    #expect(fixture.told.endpoints(old) == ["10.0.1.1:8100"])
  }

  @Test func missingDefinitionsAreSkippedAndFoundLater() async throws {
    let server = try TestAPIServer(served: ["inference.networking.k8s.io/v1": ["inferencepools"]])
    server.change { $0.put(Sample.pools, "pool", Sample.pool()) }
    let fixture = try await PoolWatchFixture(server)
    let told = fixture.told
    #expect(await fixture.isSynced())
    #expect(told.now.lost.isEmpty)
    #expect(told.now.events.contains(.notServed(.inferenceModels)))
    server.change { $0.put(Sample.llmd("inferenceobjectives"), "o", Sample.objective(3)) }
    server.shared.state.withLock { $0.served["llm-d.ai/v1alpha2"] = ["inferenceobjectives"] }
    #expect(await eventually { told.now.objectives == ["default/o": 3] })
    server.change { $0.put(Sample.llmd("inferencemodelrewrites"), "r", Sample.rewrite("z")) }
    server.shared.state.withLock { $0.served = TestAPIServer.everything }
    #expect(await eventually { told.now.rewrites == ["default/r": ["z"]] })
    // Each is told to be missing once.
    #expect(told.now.events.filter { $0 == .notServed(.inferenceModels) }.count == 1)
    #expect(told.now.events.filter { $0 == .synced }.count == 1)
  }

  @Test func withoutPoolDefinitionsNothingIsKnown() async throws {
    let server = try TestAPIServer(served: [:])
    let fixture = try await PoolWatchFixture(server)
    #expect(await eventually { server.requests("GET /apis/inference.networking.k8s.io/v1").count > 3 })
    #expect(!fixture.told.now.isSynced)
    server.change { $0.put(Sample.pools, "pool", Sample.pool()) }
    server.shared.state.withLock { $0.served = TestAPIServer.everything }
    #expect(await fixture.isSynced())
    #expect(fixture.told.now.pools.count == 1)
  }

  @Test func theNewerGroupWinsAmongObjectsOfOneName() async throws {
    let server = try TestAPIServer()
    server.change { cluster in
      cluster.put(Sample.experimental("inferenceobjectives"), "o", Sample.objective(1))
      cluster.put(Sample.llmd("inferenceobjectives"), "o", Sample.objective(2))
    }
    let fixture = try await PoolWatchFixture(server)
    #expect(await fixture.isSynced())
    #expect(fixture.told.now.objectives == ["default/o": 2])
    server.change { $0.delete(Sample.llmd("inferenceobjectives"), "o") }
    #expect(await eventually { fixture.told.now.objectives == ["default/o": 1] })
    server.change { $0.delete(Sample.experimental("inferenceobjectives"), "o") }
    #expect(await eventually { fixture.told.now.objectives.isEmpty })
  }
}
