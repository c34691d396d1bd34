internal import EndpointPicking

extension InferenceObjective {
  /// InferenceObjective v1alpha2.
  init(_ metadata: ObjectMetadata, _ object: Field, _ warnings: inout [FieldError]) throws(FieldError) {
    let spec = try object("spec").required()
    try spec.warn(unless: ["priority", "poolRef"], &warnings)
    self.init(
      metadata: metadata, poolRef: try PoolReference(spec),
      priority: try spec("priority").integer(in: Int(Int32.min)...Int(Int32.max)) ?? 0)
  }
}
