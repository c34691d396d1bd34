/// What a rewrite did to one request: the labels of `inference_extension_model_rewrite_decisions_total`.
public struct RewriteDecision: Hashable, Sendable {
  /// The object whose rule matched.
  public var rewrite: ResourceID
  /// The model that the client named; empty when it named none.
  public var incomingModel: String
  /// The model that takes its place.
  public var targetModel: String

  /// A request for `incomingModel` that `rewrite` sends to `targetModel`.
  public init(rewrite: ResourceID, incomingModel: String, targetModel: String) {
    self.rewrite = rewrite
    self.incomingModel = incomingModel
    self.targetModel = targetModel
  }
}
