/// `header-label-affinity-scorer` (llm-d-router): 1 when the request header equals the pod's label, else 0.
struct HeaderLabelAffinityScorer: Scorer {
  /// In lower case.
  var header: String
  var label: String

  init(header: String, label: String) {
    self.header = header.lowercased()
    self.label = label
  }

  init(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(["headerName", "labelKey"])
    header = try parameters.required("headerName").lowercased()
    label = try parameters.required("labelKey")
  }

  func score(_ candidates: [Int], _ context: PickContext, into scores: inout [Double]) {
    guard let value = context.request.headers[header] else { return }
    for position in candidates.indices where context.snapshot.endpoints[candidates[position]].labels[label] == value {
      scores[position] = 1
    }
  }
}
