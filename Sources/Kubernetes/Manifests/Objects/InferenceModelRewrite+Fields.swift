internal import EndpointPicking

extension InferenceModelRewrite {
  /// What a target's weight may be.
  static let weights = 1...1_000_000

  /// InferenceModelRewrite v1alpha2.
  init(_ metadata: ObjectMetadata, _ object: Field, _ warnings: inout [FieldError]) throws(FieldError) {
    let spec = try object("spec").required()
    try spec.warn(unless: ["poolRef", "rules"], &warnings)
    var rules: [Rule] = []
    for item in try spec("rules").required().items() { rules.append(try Rule(item, &warnings)) }
    self.init(metadata: metadata, poolRef: try PoolReference(spec), rules: rules)
  }
}

extension InferenceModelRewrite.Rule {
  fileprivate init(_ field: Field, _ warnings: inout [FieldError]) throws(FieldError) {
    try field.warn(unless: ["matches", "targets"], &warnings)
    var models: [String] = []
    for match in try field("matches").items() {
      try match.warn(unless: ["model"], &warnings)
      let model = try match("model").required()
      try model.warn(unless: ["type", "value"], &warnings)
      let type = try model("type")
      if let text = try type.string(), text != "Exact" { throw type.error("'\(text)' is not Exact") }
      models.append(try model("value").name())
    }
    let list = try field("targets").required()
    var targets: [InferenceModelRewrite.Target] = []
    for item in try list.items() {
      try item.warn(unless: ["modelRewrite", "weight"], &warnings)
      targets.append(
        .init(try item("modelRewrite").name(), weight: try item("weight").integer(in: InferenceModelRewrite.weights)))
    }
    guard !targets.isEmpty else { throw list.error("at least one target is required") }
    let weighted = targets.count { $0.weight != nil }
    if weighted > 0, weighted < targets.count {
      warnings.append(list.error("targets without weight are never chosen beside targets with weight"))
    }
    self.init(models: models, targets: targets)
  }
}
