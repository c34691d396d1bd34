import Simulation
import Testing

@testable import EndpointPicking

@Suite struct RewriteStoreTests {
  private let pool = PoolID(namespace: "default", name: "pool")

  private func target(_ store: inout RewriteStore, _ pool: PoolID) -> String? {
    var bits = SplitMix64(seed: 1)
    return try? store.resolve(model: "m", for: pool, using: &bits).targetModel
  }

  @Test func poolsDoNotShareRewrites() {
    var store = RewriteStore()
    store.set(rewrite("a", pool: "pool", (["m"], ["ta": nil])))
    store.set(rewrite("b", pool: "second", (["m"], ["tb": nil])))
    #expect(target(&store, pool) == "ta")
    #expect(target(&store, PoolID(namespace: "default", name: "second")) == "tb")
    #expect(target(&store, PoolID(namespace: "other", name: "pool")) == "m")
    #expect(target(&store, PoolID(namespace: "default", name: "pool", group: APIGroup.experimental)) == "m")
  }

  @Test func danglingReferencesAreKeptAndListed() {
    var store = RewriteStore()
    store.addPool(pool)
    store.addPool(PoolID(namespace: "elsewhere", name: "far"))
    store.addPool(PoolID(namespace: "default", name: "aged", group: APIGroup.experimental))
    let dangling = ["nowhere", "far", "aged"].map { rewrite("to-\($0)", pool: $0, (["m"], ["t": nil])) }
    for rewrite in dangling { store.set(rewrite) }
    store.set(rewrite("good", (["m"], ["t": nil])))
    let reasons = Dictionary(uniqueKeysWithValues: store.danglingReferences.map { ($0.object.name.name, $0.reason) })
    #expect(
      reasons == [
        "to-nowhere": .noSuchPool,
        "to-far": .otherNamespace(PoolID(namespace: "elsewhere", name: "far")),
        "to-aged": .otherGroup(PoolID(namespace: "default", name: "aged", group: APIGroup.experimental)),
      ])
    #expect(store.danglingReferences.allSatisfy { $0.description.contains("has no effect") })
    #expect(target(&store, pool) == "t")
    #expect(store.pools(rewriting: "m") == [pool])

    let nowhere = PoolID(namespace: "default", name: "nowhere")
    store.addPool(nowhere)
    #expect(store.danglingReferences.count == 2)
    #expect(target(&store, nowhere) == "t")
    store.removePool(nowhere)
    #expect(store.danglingReferences.count == 3)
    store.remove(dangling[0].id)
    #expect(store.danglingReferences.count == 2)
  }

  @Test func aRewriteCanMoveToAnotherPool() {
    var store = RewriteStore()
    store.set(rewrite("r", pool: "pool", (["m"], ["t": nil])))
    store.set(rewrite("r", pool: "second", (["m"], ["t": nil])))
    #expect(target(&store, pool) == "m")
    #expect(store[pool].isEmpty)
    #expect(target(&store, PoolID(namespace: "default", name: "second")) == "t")
  }
}
