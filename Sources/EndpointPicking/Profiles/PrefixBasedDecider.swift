/// `prefix-based-pd-decider` (llm-d): when the decode endpoint lacks at least `nonCachedTokens` of the prompt (0:
/// never) and the prompt has at least `promptTokens`.
struct PrefixBasedDecider: DisaggregationDecider {
  /// 0.
  var nonCachedTokens = 0
  /// 0.
  var promptTokens = 0

  init(nonCachedTokens: Int = 0, promptTokens: Int = 0) {
    self.nonCachedTokens = nonCachedTokens
    self.promptTokens = promptTokens
  }

  init(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(["nonCachedTokens", "promptTokens", "prefixMatchInfoProducerName"])
    nonCachedTokens = try parameters.int("nonCachedTokens", in: 0...Int.max) ?? 0
    promptTokens = try parameters.int("promptTokens", in: 0...Int.max) ?? 0
    _ = try parameters.string("prefixMatchInfoProducerName")
  }

  func disaggregates(decode: Int, _ context: PickContext) -> Bool {
    guard nonCachedTokens > 0, context.promptTokens >= promptTokens else { return false }
    let cached = context.matchedBlocks(decode) * context.prefix.hashes.blockTokens
    return context.promptTokens - cached >= nonCachedTokens
  }
}
