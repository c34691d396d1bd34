import Testing

@testable import EndpointPicking

@Suite struct ResourceTests {
  /// Each object is older than the next.
  private let byAge = [
    ObjectMetadata(name: "z", creationTimestamp: 10, appearance: 9),
    ObjectMetadata(name: "y", creationTimestamp: 20, appearance: 3),
    ObjectMetadata(name: "x", creationTimestamp: 20, appearance: 4),
    ObjectMetadata(name: "c", namespace: "a", creationTimestamp: 20),
    ObjectMetadata(name: "a", namespace: "b", creationTimestamp: 20),
    ObjectMetadata(name: "b", namespace: "b", creationTimestamp: 20),
    ObjectMetadata(name: "b", appearance: 0),
    ObjectMetadata(name: "a", appearance: 1),
    ObjectMetadata(name: "a"),
  ]

  @Test func agesAreInOneOrder() {
    for (index, older) in byAge.enumerated() {
      for younger in byAge[(index + 1)...] {
        #expect(older.age < younger.age)
        #expect(!(younger.age < older.age))
      }
    }
  }

  @Test(arguments: [
    (InferenceModel.Criticality.critical, 2), (.standard, 0), (.sheddable, -1),
  ]) func criticalityIsPriority(criticality: InferenceModel.Criticality, priority: Int) {
    #expect(criticality.priority == priority)
  }

  @Test func modelsAreRewrites() {
    var model = InferenceModel(
      metadata: ObjectMetadata(name: "m", creationTimestamp: 5), poolRef: PoolReference(name: "p"), modelName: "alias",
      targetModels: [.init("a", weight: 90), .init("b", weight: 10)])
    #expect(model.rewrite.rules == [.init(models: ["alias"], targets: model.targetModels)])
    #expect(model.rewrite.id == model.id)
    #expect(model.rewrite.pool == model.pool)
    model.targetModels = []
    #expect(model.rewrite.rules == [.init(models: ["alias"], targets: [.init("alias")])])
  }

  @Test func oldPoolsAreNewPools() {
    let pool = InferencePool(
      v1alpha2: ObjectMetadata(name: "qwen"), selector: ["app": "qwen"], targetPortNumber: 8000,
      extensionRef: EndpointPickerReference(name: "epp", port: 9002))
    #expect(pool.matchLabels == ["app": "qwen"])
    #expect(pool.targetPorts == [8000])
    #expect(pool.id == PoolID(namespace: "default", name: "qwen", group: "inference.networking.x-k8s.io"))
    #expect(pool.endpointPicker?.failureMode == .close)
  }
}
