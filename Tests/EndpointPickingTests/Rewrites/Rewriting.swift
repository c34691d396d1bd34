@testable import EndpointPicking

/// An InferenceModelRewrite for tests: `rules` from models (none for a generic rule) to targets.
func rewrite(
  _ name: String, created: Int64? = nil, namespace: String = "default", pool: String = "pool",
  _ rules: ([String], [String: Int?])...
) -> InferenceModelRewrite {
  InferenceModelRewrite(
    metadata: ObjectMetadata(name: name, namespace: namespace, creationTimestamp: created),
    poolRef: PoolReference(name: pool),
    rules: rules.map { models, targets in
      .init(models: models, targets: targets.sorted { $0.key < $1.key }.map { .init($0.key, weight: $0.value) })
    })
}
