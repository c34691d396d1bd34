/// The model of a request before and after rewriting.
public struct ModelResolution: Hashable, Sendable {
  /// What the client asked for; empty when it named no model.
  public var incomingModel: String
  /// What the model server is asked for.
  public var targetModel: String
  /// The rule that decided; nil when the request kept its model or its preset.
  public var decision: RewriteDecision?

  /// A model that goes by `targetModel` behind the picker.
  public init(incomingModel: String, targetModel: String, decision: RewriteDecision? = nil) {
    self.incomingModel = incomingModel
    self.targetModel = targetModel
    self.decision = decision
  }
}

extension RewriteTable {
  /// Finds the model to ask for.
  ///
  /// - Parameters:
  ///   - model: the body's `model`; nil when it has none, or one that is not a string.
  ///   - preset: the value of the header `x-gateway-model-name-rewrite`; a matching rule goes before it.
  ///   - genericModelFallback: a request without model (or with an empty one) takes the generic rule's or the preset's,
  ///     as llm-d 0.10 does. Otherwise it is refused before rules are looked at, and an empty model is one like others
  ///     (GIE v1.5).
  ///   - generator: draws among weighted targets in random mode.
  /// - Throws: code `BadRequest` (400) when there is no model.
  public mutating func resolve(
    model: String?, preset: String? = nil, genericModelFallback: Bool = false,
    using generator: inout some RandomNumberGenerator
  ) throws(InferenceError) -> ModelResolution {
    let preset = preset.flatMap { $0.isEmpty ? nil : $0 }
    if let model, !(genericModelFallback && model.isEmpty) {
      let decision = decide(model, using: &generator)
      return ModelResolution(
        incomingModel: model, targetModel: decision?.targetModel ?? preset ?? model, decision: decision)
    }
    guard genericModelFallback else { throw .modelMissing }
    if let decision = decideWithoutModel(using: &generator) {
      return ModelResolution(incomingModel: "", targetModel: decision.targetModel, decision: decision)
    }
    guard let preset else { throw .modelMissing }
    return ModelResolution(incomingModel: "", targetModel: preset, decision: nil)
  }
}
