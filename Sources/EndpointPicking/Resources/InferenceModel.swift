/// A model's importance and targets (InferenceModel v1alpha2, removed in GIE 1.0).
///
/// Read as today's objects: an exact rewrite of its name to its targets, and a priority for its requests.
public struct InferenceModel: Hashable, Sendable {
  /// How much a model's requests matter.
  public enum Criticality: String, Hashable, Sendable {
    case critical = "Critical"
    case standard = "Standard"
    case sheddable = "Sheddable"

    /// The priority that stands for it: only sheddable requests are below 0.
    public var priority: Int {
      switch self {
      case .critical: 2
      case .standard: 0
      case .sheddable: -1
      }
    }
  }

  /// Name, namespace and age.
  public var metadata: ObjectMetadata
  /// The pool that serves it.
  public var poolRef: PoolReference
  /// What clients call it; of several objects with one name the oldest counts.
  public var modelName: String
  /// How much it matters; `standard` when the manifest does not say.
  public var criticality: Criticality
  /// What servers call it; empty when they use the same name.
  public var targetModels: [InferenceModelRewrite.Target]

  /// The model that clients call `modelName`.
  public init(
    metadata: ObjectMetadata, poolRef: PoolReference, modelName: String, criticality: Criticality = .standard,
    targetModels: [InferenceModelRewrite.Target] = []
  ) {
    self.metadata = metadata
    self.poolRef = poolRef
    self.modelName = modelName
    self.criticality = criticality
    self.targetModels = targetModels
  }

  /// Names it among all that refer to pools.
  public var id: ResourceID { ResourceID(kind: .inferenceModel, name: metadata.name) }
  /// The pool that it refers to.
  public var pool: PoolID { poolRef.pool(in: metadata.name.namespace) }

  /// Its targets as a rewrite of the same name and age; without targets, the model stands for itself.
  public var rewrite: InferenceModelRewrite {
    let targets = targetModels.isEmpty ? [InferenceModelRewrite.Target(modelName)] : targetModels
    var rewrite = InferenceModelRewrite(
      metadata: metadata, poolRef: poolRef, rules: [.init(models: [modelName], targets: targets)])
    rewrite.origin = .inferenceModel
    return rewrite
  }
}
