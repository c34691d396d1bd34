internal import EndpointPicking
internal import HTTPServer
internal import Kubernetes
public import Logging
internal import ModelServer

/// What an endpoint picker would make of a set of objects, in words for a person.
struct ClusterSummary {
  private let objects: [ManifestObject]
  private let plan: TopologyBuilder.Plan
  private let warnings: [ManifestError]

  init(_ store: ClusterStore, _ plan: TopologyBuilder.Plan) {
    objects = store.objects
    self.plan = plan
    warnings = store.warnings
  }

  /// Pools with their endpoints, rewrites in order of precedence, objectives, and what is doubtful; a line end after
  /// each line.
  var text: String {
    var lines: [String] = []
    let pools = plan.topology.pools.keys.sorted()
    if pools.isEmpty { lines.append("no InferencePool") }
    for pool in pools { lines += self.lines(of: pool) }
    let doubts = warnings.map(\.description) + plan.topology.routes.warnings
    if !doubts.isEmpty { lines += ["", "doubtful:"] + doubts.map { "  \($0)" } }
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(of pool: PoolID) -> [String] {
    var lines = ["InferencePool \(pool.namespace)/\(pool.name) (\(pool.group))"]
    let endpoints = (plan.endpoints[pool] ?? []).map(\.endpoint)
    lines.append(endpoints.isEmpty ? "  no endpoints: requests get 503" : "  endpoints:")
    lines += endpoints.map { "    \($0.id.name)  \($0.authority)" }
    let rewrites = self.rewrites(of: pool)
    if !rewrites.isEmpty { lines += ["  rewrites, the first that matches counts:"] + rewrites.map { "    \($0)" } }
    let objectives = self.objectives(of: pool)
    if !objectives.isEmpty { lines += ["  objectives:"] + objectives.map { "    \($0)" } }
    return lines
  }

  /// Exact rules first, the oldest object's before others'; then generic ones.
  private func rewrites(of pool: PoolID) -> [String] {
    let all = objects.rewrites.filter { $0.pool == pool }
    var exact: [String] = []
    var generic: [String] = []
    for rewrite in all.sorted(by: { $0.metadata.age < $1.metadata.age }) {
      for rule in rewrite.rules where !rule.targets.isEmpty {
        let origin = "(\(rewrite.id))"
        if rule.models.isEmpty { generic.append("any other model -> \(Self.shares(rule.targets)) \(origin)") }
        exact += rule.models.map { "\($0) -> \(Self.shares(rule.targets)) \(origin)" }
      }
    }
    return exact + generic
  }

  /// Targets with their shares in percent, as splits have them.
  private static func shares(_ targets: [InferenceModelRewrite.Target]) -> String {
    let given = targets.map { max($0.weight ?? 0, 0) }
    let weights = given.contains { $0 > 0 } ? given : targets.map { _ in 1 }
    let total = weights.reduce(0, +)
    if targets.count == 1 { return targets[0].modelRewrite }
    return zip(targets, weights).map { target, weight in
      let tenths = (weight * 1000 + total / 2) / total
      return "\(target.modelRewrite) \(tenths / 10)\(tenths % 10 == 0 ? "" : ".\(tenths % 10)") %"
    }.joined(separator: ", ")
  }

  private func objectives(of pool: PoolID) -> [String] {
    objects.compactMap { object in
      switch object.resource {
      case .inferenceObjective(let objective) where objective.pool == pool:
        "\(objective.metadata.name.name): priority \(objective.priority)"
      case .inferenceModel(let model) where model.pool == pool:
        "model \(model.modelName): priority \(model.criticality.priority) (\(model.criticality.rawValue))"
      default: nil
      }
    }
  }
}

extension Fleet {
  /// What an endpoint picker would do with the objects of `configuration`'s sources, in words for a person; starts
  /// nothing.
  ///
  /// Throws a line for each object that is refused.
  public static func validate(_ configuration: FleetConfiguration, logger: Logger) throws(FleetError) -> String {
    let (store, _) = try ClusterStore.read(configuration.sources)
    let plan = try offlinePlan(store, configuration, logger) { _ throws(ReplicaConfigurationError) in
      throw ReplicaConfigurationError("not simulated here")
    }
    return ClusterSummary(store, plan).text
  }
}
