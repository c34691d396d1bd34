import Testing

@testable import EndpointPicking

@Suite struct ObjectiveTests {
  private let pool = PoolID(namespace: "default", name: "pool")

  private func objective(_ name: String, _ priority: Int, namespace: String = "default", pool: String = "pool")
    -> InferenceObjective
  {
    InferenceObjective(
      metadata: ObjectMetadata(name: name, namespace: namespace), poolRef: PoolReference(name: pool), priority: priority
    )
  }

  private func model(_ name: String, _ model: String, _ criticality: InferenceModel.Criticality, created: Int64)
    -> InferenceModel
  {
    InferenceModel(
      metadata: ObjectMetadata(name: name, creationTimestamp: created), poolRef: PoolReference(name: "pool"),
      modelName: model, criticality: criticality)
  }

  @Test func byNameInThePoolsNamespace() {
    var store = ObjectiveStore()
    store.addPool(pool)
    store.set(objective("high", 4))
    store.set(objective("low", -1))
    store.set(objective("elsewhere", 7, namespace: "other"))
    store.set(objective("second", 9, pool: "second"))
    for (name, priority) in [("high", 4), ("low", -1), ("elsewhere", 0), ("second", 0), ("unknown", 0), (nil, 0)]
      as [(String?, Int)]
    {
      #expect(store.priority(objective: name, model: "m", in: pool) == priority)
    }
    #expect(store.danglingReferences.map(\.object.name.name) == ["second", "elsewhere"])
    store.set(objective("high", 5))
    #expect(store.priority(objective: "high", model: "m", in: pool) == 5)
    store.set(objective("high", 5, pool: "second"))
    #expect(store.priority(objective: "high", model: "m", in: pool) == 0)
    let removed = [store.remove(objective("low", 0).id), store.remove(objective("low", 0).id)]
    #expect(removed == [true, false])
    #expect(store.priority(objective: "low", model: "m", in: pool) == 0)
  }

  @Test func criticalityWhereThereAreModels() {
    var store = ObjectiveStore()
    #expect(store.priority(objective: nil, model: "unknown", in: pool) == 0)
    store.set(model("a", "critical", .critical, created: 1))
    store.set(model("b", "standard", .standard, created: 1))
    store.set(model("c", "sheddable", .sheddable, created: 1))
    store.set(objective("high", 4))
    for (name, priority) in [("critical", 2), ("standard", 0), ("sheddable", -1), ("unknown", -1)] {
      #expect(store.priority(objective: nil, model: name, in: pool) == priority)
      #expect(store.priority(objective: "nobody", model: name, in: pool) == priority)
      #expect(store.priority(objective: "high", model: name, in: pool) == 4)
    }
    for name in ["a", "b", "c"] { store.remove(model(name, "", .standard, created: 1).id) }
    #expect(store.priority(objective: nil, model: "unknown", in: pool) == 0)
  }

  @Test func theOldestModelCounts() {
    var store = ObjectiveStore()
    let old = model("z", "m", .critical, created: 1)
    store.set(model("a", "m", .sheddable, created: 2))
    store.set(old)
    #expect(store.priority(objective: nil, model: "m", in: pool) == 2)
    store.set(model("z", "other", .critical, created: 1))
    #expect(store.priority(objective: nil, model: "m", in: pool) == -1)
    #expect(store.priority(objective: nil, model: "other", in: pool) == 2)
    store.set(old)
    store.remove(old.id)
    #expect(store.priority(objective: nil, model: "m", in: pool) == -1)
  }
}
