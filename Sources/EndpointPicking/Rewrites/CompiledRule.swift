/// A rule that is ready to choose.
struct CompiledRule: Sendable {
  let rewrite: ResourceID
  private let targets: [String]
  private var split: WeightedSplit

  init(_ rule: InferenceModelRewrite.Rule, of rewrite: ResourceID, mode: SplitMode) {
    self.rewrite = rewrite
    targets = rule.targets.map(\.modelRewrite)
    split = WeightedSplit(targetWeights: rule.targets.map(\.weight), mode: mode)
  }

  mutating func decide(_ model: String, using generator: inout some RandomNumberGenerator) -> RewriteDecision? {
    guard let index = split.next(using: &generator) else { return nil }
    return RewriteDecision(rewrite: rewrite, incomingModel: model, targetModel: targets[index])
  }
}
