internal import EndpointPicking

/// Finds rewrites to models that the same pool rewrites again. Requests are rewritten once, so that chains and cycles end
/// at their first step.
struct RewriteChains {
  /// A target that another rule is for.
  struct Chain: Hashable {
    /// The position of the rule in its object.
    let rule: Int
    /// The position of the target in its rule.
    let target: Int
    /// What to know about it.
    let reason: String
  }

  /// The objects that give a model another name, by pool and model; the first of them.
  private var rewritten: [PoolID: [String: ResourceID]] = [:]

  /// Looks for chains among `rewrites`, which are all there are.
  init(_ rewrites: [InferenceModelRewrite]) {
    for rewrite in rewrites {
      for rule in rewrite.rules {
        for model in rule.models where rule.targets.contains(where: { $0.modelRewrite != model }) {
          if rewritten[rewrite.pool]?[model] == nil { rewritten[rewrite.pool, default: [:]][model] = rewrite.id }
        }
      }
    }
  }

  /// The targets of `rewrite` that are rewritten too. A rule may have the model that it is for among its targets.
  func find(in rewrite: InferenceModelRewrite) -> [Chain] {
    guard let rewritten = rewritten[rewrite.pool] else { return [] }
    var chains: [Chain] = []
    for (ruleIndex, rule) in rewrite.rules.enumerated() {
      for (targetIndex, target) in rule.targets.enumerated() where !rule.models.contains(target.modelRewrite) {
        guard let next = rewritten[target.modelRewrite] else { continue }
        chains.append(
          Chain(
            rule: ruleIndex, target: targetIndex,
            reason: "'\(target.modelRewrite)' is not rewritten again by \(next): rewriting happens once"))
      }
    }
    return chains
  }
}
