import Simulation
import Testing

@testable import EndpointPicking

/// Random changes and look-ups, compared with a search through all objects.
@Suite struct RewritePropertyTests {
  private let models = (0..<6).map { "m\($0)" }

  @Test(arguments: 0..<8 as Range<UInt64>) func tableAgreesWithSearch(seed: UInt64) {
    var bits = SplitMix64(seed: seed)
    var table = RewriteTable(mode: seed.isMultiple(of: 2) ? .random : .smooth)
    var objects: [ResourceID: InferenceModelRewrite] = [:]
    for step in 0..<500 {
      let object = randomObject(step, &bits)
      if bits.pick(0...2) == 0 {
        let removed = table.remove(object.id)
        #expect(removed == (objects.removeValue(forKey: object.id) != nil))
      } else {
        table.set(object)
        objects[object.id] = object
      }
      for model in models + ["unknown"] {
        let expected = Self.search(objects, model)
        let decision = table.decide(model, using: &bits)
        #expect(decision?.rewrite == expected?.id, "step \(step), \(model)")
        #expect(expected.map { $0.targets.contains(decision?.targetModel ?? "") } ?? (decision == nil))
      }
      #expect(table.count == objects.count)
    }
    for id in objects.keys { table.remove(id) }
    #expect(table.isEmpty && !table.hasGenericRule && table.aliases.isEmpty)
  }

  private func randomObject(_ step: Int, _ bits: inout SplitMix64) -> InferenceModelRewrite {
    var object = InferenceModelRewrite(
      metadata: ObjectMetadata(
        name: "r\(bits.pick(0...12))", namespace: "n\(bits.pick(0...1))",
        creationTimestamp: bits.pick(0...3) == 0 ? nil : Int64(bits.pick(0...5)),
        appearance: bits.pick(0...1) == 0 ? nil : bits.pick(0...3)),
      poolRef: PoolReference(name: "pool"), rules: [])
    for rule in 0..<bits.pick(0...3) {
      let count = [0, 1, 1, 3][bits.pick(0...3)]
      object.rules.append(
        .init(
          models: (0..<count).map { _ in models[bits.pick(0...5)] },
          targets: (0..<bits.pick(0...3)).map {
            .init("t\(step)-\(rule)-\($0)", weight: [nil, 0, 1, 5][bits.pick(0...3)])
          }))
    }
    if bits.pick(0...3) == 0 { object.origin = .inferenceModel }
    return object
  }

  /// What the rules of precedence say, read literally.
  private static func search(
    _ objects: [ResourceID: InferenceModelRewrite], _ model: String
  ) -> (id: ResourceID, targets: Set<String>)? {
    let oldestFirst = objects.values.sorted {
      $0.metadata.age == $1.metadata.age ? $0.origin < $1.origin : $0.metadata.age < $1.metadata.age
    }
    for matches in [{ $0.models.contains(model) }, { $0.models.isEmpty }] as [(InferenceModelRewrite.Rule) -> Bool] {
      for object in oldestFirst {
        if let rule = object.rules.first(where: { !$0.targets.isEmpty && matches($0) }) {
          let weighted = rule.targets.filter { ($0.weight ?? 0) > 0 }
          return (object.id, Set((weighted.isEmpty ? rule.targets : weighted).map(\.modelRewrite)))
        }
      }
    }
    return nil
  }
}
