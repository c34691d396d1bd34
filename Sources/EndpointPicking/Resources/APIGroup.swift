/// The API groups that inference resources live in.
public enum APIGroup {
  /// InferencePool v1: the group that a `poolRef` means when it names none.
  public static let inference = "inference.networking.k8s.io"
  /// The v1alpha2 resources of GIE up to 1.5: InferencePool, InferenceModel, InferenceObjective, InferenceModelRewrite.
  public static let experimental = "inference.networking.x-k8s.io"
  /// InferenceObjective and InferenceModelRewrite of llm-d since 0.10.
  public static let llmd = "llm-d.ai"
}
