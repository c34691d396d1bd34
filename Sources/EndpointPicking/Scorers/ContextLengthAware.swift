/// `context-length-aware` (llm-d): 1 when a range of the pod's label (`0-2048,8192-16384`, ends included) holds the
/// prompt's token estimate, 0.5 for a pod without ranges, else 0. With `enableFiltering` it also removes those at 0.
struct ContextLengthAware: Scorer, Filter {
  /// `llm-d.ai/context-length-range`.
  var label = "llm-d.ai/context-length-range"
  /// Off.
  var filters = false

  init() {}

  init(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(["label", "enableFiltering"])
    label = try parameters.string("label") ?? label
    filters = try parameters.bool("enableFiltering") ?? false
  }

  func score(_ candidates: [Int], _ context: PickContext, into scores: inout [Double]) {
    let tokens = context.promptTokens
    for position in candidates.indices { scores[position] = score(candidates[position], tokens: tokens, context) }
  }

  func filter(_ candidates: inout [Int], _ context: PickContext, using generator: inout some RandomNumberGenerator) {
    guard filters else { return }
    let tokens = context.promptTokens
    candidates.removeAll { score($0, tokens: tokens, context) == 0 }
  }

  private func score(_ index: Int, tokens: Int, _ context: PickContext) -> Double {
    guard let text = context.snapshot.endpoints[index].labels[label] else { return 0.5 }
    var known = false
    for part in text.split(whereSeparator: { $0 == "," || $0 == "_" }) {
      let ends = part.split(separator: "-").compactMap { Int($0.trimmingBlanks) }
      guard ends.count == 2, ends[0] <= ends[1] else { continue }
      if ends[0] <= tokens, tokens <= ends[1] { return 1 }
      known = true
    }
    return known ? 0 : 0.5
  }
}

extension Substring {
  /// Without blanks at both ends.
  var trimmingBlanks: Substring {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}
