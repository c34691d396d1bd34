/// `by-label` (llm-d, deprecated): pods whose label has one of the values, and those without it if allowed.
struct LabelFilter: Filter {
  var label: String
  var values: [String]
  var allowsNoLabel = false

  init(label: String, values: [String], allowsNoLabel: Bool = false) {
    self.label = label
    self.values = values
    self.allowsNoLabel = allowsNoLabel
  }

  init(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(["label", "validValues", "allowsNoLabel"])
    label = try parameters.required("label")
    values = try parameters.strings("validValues") ?? []
    allowsNoLabel = try parameters.bool("allowsNoLabel") ?? false
    if values.isEmpty, !allowsNoLabel { throw parameters.error("validValues", "is required") }
  }

  func filter(_ candidates: inout [Int], _ context: PickContext, using generator: inout some RandomNumberGenerator) {
    candidates.removeAll { index in
      guard let value = context.snapshot.endpoints[index].labels[label] else { return !allowsNoLabel }
      return !values.contains(value)
    }
  }
}
