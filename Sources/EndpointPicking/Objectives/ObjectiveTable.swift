/// The priorities of one pool's requests: by InferenceObjective, or by the criticality of their InferenceModel.
public struct ObjectiveTable: Sendable {
  private var objectives: [String: Int] = [:]
  private var models: [ResourceID: InferenceModel] = [:]
  private var criticalities: [String: OldestFirst<InferenceModel.Criticality>] = [:]

  /// No objectives: every request has priority 0.
  public init() {}

  /// There is neither an objective nor an InferenceModel.
  public var isEmpty: Bool { objectives.isEmpty && models.isEmpty }

  /// Adds `objective`, or puts it in the place of the one of its name.
  public mutating func set(_ objective: InferenceObjective) {
    objectives[objective.metadata.name.name] = objective.priority
  }

  /// Adds `model`, or puts it in the place of the object of its name.
  public mutating func set(_ model: InferenceModel) {
    remove(model.id)
    models[model.id] = model
    criticalities[model.modelName, default: OldestFirst()].set(model.criticality, for: Self.key(model))
  }

  /// Takes out the objective or InferenceModel `id`, if it is there.
  public mutating func remove(_ id: ResourceID) {
    switch id.kind {
    case .inferenceObjective: objectives[id.name.name] = nil
    case .inferenceModel:
      guard let model = models.removeValue(forKey: id) else { return }
      criticalities[model.modelName]?.remove(Self.key(model))
      if criticalities[model.modelName]?.isEmpty == true { criticalities[model.modelName] = nil }
    case .inferenceModelRewrite: return
    }
  }

  /// The priority of a request that names `objective` in its header and asks for `model`.
  ///
  /// An objective of that name decides. Otherwise, in a pool that has InferenceModels, the criticality of the oldest one
  /// for `model` does, and a model without any is sheddable; in other pools the priority is 0.
  public func priority(objective: String?, model: String) -> Int {
    if let objective, let priority = objectives[objective] { return priority }
    if models.isEmpty { return 0 }
    return (criticalities[model]?.oldest ?? .sheddable).priority
  }

  private static func key(_ model: InferenceModel) -> OldestFirst<InferenceModel.Criticality>.Key {
    OldestFirst.Key(age: model.metadata.age, kind: .inferenceModel)
  }
}
