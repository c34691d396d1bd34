internal import EndpointPicking
internal import Kubernetes

extension [ManifestObject] {
  /// What rewrites models: the InferenceModelRewrites, and the InferenceModels' own rules, in the objects' order.
  var rewrites: [InferenceModelRewrite] {
    compactMap { object in
      switch object.resource {
      case .inferenceModelRewrite(let rewrite): rewrite
      case .inferenceModel(let model): model.rewrite
      default: nil
      }
    }
  }
}
