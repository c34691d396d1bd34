internal import EndpointPicking

extension InferenceModel {
  /// InferenceModel v1alpha2.
  init(_ metadata: ObjectMetadata, _ object: Field, _ warnings: inout [FieldError]) throws(FieldError) {
    let spec = try object("spec").required()
    try spec.warn(unless: ["modelName", "criticality", "targetModels", "poolRef"], &warnings)
    let list = try spec("targetModels")
    var targets: [InferenceModelRewrite.Target] = []
    for item in try list.items(max: 10) {
      try item.warn(unless: ["name", "weight"], &warnings)
      targets.append(
        .init(try item("name").name(upTo: 253), weight: try item("weight").integer(in: InferenceModelRewrite.weights)))
    }
    let weighted = targets.count { $0.weight != nil }
    guard weighted == 0 || weighted == targets.count else {
      throw list.error("either all targets have weights or none")
    }
    self.init(
      metadata: metadata, poolRef: try PoolReference(spec, defaultGroup: APIGroup.experimental),
      modelName: try spec("modelName").name(upTo: 256),
      criticality: try spec("criticality").choice(of: [Criticality.critical, .standard, .sheddable]) ?? .standard,
      targetModels: targets)
  }
}
