/// Other names for the models that requests ask for (InferenceModelRewrite v1alpha2).
public struct InferenceModelRewrite: Hashable, Sendable {
  /// When a rule applies and what it does.
  public struct Rule: Hashable, Sendable {
    /// The models that it is for, compared exactly; empty for every request (a generic rule).
    public var models: [String]
    /// Where its requests go; a rule without any never matches.
    public var targets: [Target]

    /// A rule that sends requests for any of `models` to one of `targets`.
    public init(models: [String] = [], targets: [Target]) {
      self.models = models
      self.targets = targets
    }
  }

  /// One of the models that a rule can choose.
  public struct Target: Hashable, Sendable {
    /// The model's new name.
    public var modelRewrite: String
    /// Its share, relative to that of the other targets; nil when the manifest gives none.
    public var weight: Int?

    /// The model `modelRewrite` with `weight`.
    public init(_ modelRewrite: String, weight: Int? = nil) {
      self.modelRewrite = modelRewrite
      self.weight = weight
    }
  }

  /// Name, namespace and age.
  public var metadata: ObjectMetadata
  /// The pool whose requests it rewrites.
  public var poolRef: PoolReference
  /// In order: the first that matches counts, exact ones before generic ones.
  public var rules: [Rule]
  /// The kind of the object that it was read from: InferenceModels are rewrites too.
  public internal(set) var origin = ResourceKind.inferenceModelRewrite

  /// A rewrite of the requests to `poolRef`.
  public init(metadata: ObjectMetadata, poolRef: PoolReference, rules: [Rule]) {
    self.metadata = metadata
    self.poolRef = poolRef
    self.rules = rules
  }

  /// Names it among all that refer to pools.
  public var id: ResourceID { ResourceID(kind: origin, name: metadata.name) }
  /// The pool that it refers to.
  public var pool: PoolID { poolRef.pool(in: metadata.name.namespace) }
}
