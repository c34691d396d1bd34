/// `label-selector-filter`, `by-label-selector` (llm-d): pods that a Kubernetes label selector matches; an empty one
/// matches all.
struct LabelSelectorFilter: Filter {
  enum Requirement: Sendable, Equatable {
    case isIn(String, [String])
    case isNotIn(String, [String])
    case exists(String)
    case doesNotExist(String)
  }

  var requirements: [Requirement]

  init(_ requirements: [Requirement]) { self.requirements = requirements }

  init(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(["matchLabels", "matchExpressions"])
    requirements = []
    if let labels = try parameters.object("matchLabels") {
      for field in labels.fields { requirements.append(.isIn(field.key, [try labels.required(field.key)])) }
    }
    for element in try parameters.elements("matchExpressions") ?? [] {
      let fields = try FieldReader(element.node, path: element.path)
      try fields.allow(["key", "operator", "values"])
      requirements.append(try Self.requirement(fields))
    }
  }

  private static func requirement(_ fields: FieldReader) throws(ConfigurationError) -> Requirement {
    let key = try fields.required("key")
    let values = try fields.strings("values") ?? []
    let name = try fields.required("operator")
    let takesValues = name == "In" || name == "NotIn"
    guard takesValues != values.isEmpty else {
      throw fields.error("values", takesValues ? "must not be empty" : "must be empty for \(name)")
    }
    switch name {
    case "In": return .isIn(key, values)
    case "NotIn": return .isNotIn(key, values)
    case "Exists": return .exists(key)
    case "DoesNotExist": return .doesNotExist(key)
    default: throw fields.error("operator", "is not In, NotIn, Exists or DoesNotExist")
    }
  }

  func filter(_ candidates: inout [Int], _ context: PickContext, using generator: inout some RandomNumberGenerator) {
    candidates.removeAll { !matches(context.snapshot.endpoints[$0].labels) }
  }

  /// Whether all requirements hold. As in Kubernetes, NotIn also holds without the label.
  func matches(_ labels: [String: String]) -> Bool {
    requirements.allSatisfy { requirement in
      switch requirement {
      case .isIn(let key, let values): labels[key].map(values.contains) ?? false
      case .isNotIn(let key, let values): !(labels[key].map(values.contains) ?? false)
      case .exists(let key): labels[key] != nil
      case .doesNotExist(let key): labels[key] == nil
      }
    }
  }
}
