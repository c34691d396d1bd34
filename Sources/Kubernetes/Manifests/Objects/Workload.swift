public import EndpointPicking

/// A Deployment or StatefulSet: a number of equal pods (`apps/v1`).
public struct Workload: Hashable, Sendable {
  /// How its pods are named.
  public enum Kind: String, Hashable, Sendable {
    /// Pods with random names.
    case deployment = "Deployment"
    /// Pods `name-0`, `name-1`, ….
    case statefulSet = "StatefulSet"
  }

  /// What it is.
  public var kind: Kind
  /// Name, namespace and age.
  public var metadata: ObjectMetadata
  /// Its own labels, which its pods do not have.
  public var labels: [String: String]
  /// How many pods it wants; 1 when the manifest does not say.
  public var replicas: Int
  /// What they look like.
  public var template: PodTemplate

  /// A workload of `replicas` pods.
  public init(
    kind: Kind, metadata: ObjectMetadata, labels: [String: String] = [:], replicas: Int = 1, template: PodTemplate
  ) {
    self.kind = kind
    self.metadata = metadata
    self.labels = labels
    self.replicas = replicas
    self.template = template
  }

  init(_ kind: Kind, _ metadata: ObjectMetadata, _ object: Field) throws(FieldError) {
    let spec = try object("spec").required()
    let template = try PodTemplate(try spec("template").required())
    let selector = try spec("selector").required()
    for (key, value) in try selector("matchLabels").strings() where template.labels[key] != value {
      throw try selector("matchLabels").error("the template's labels lack '\(key): \(value)'")
    }
    self.init(
      kind: kind, metadata: metadata, labels: try object("metadata")("labels").strings(),
      replicas: try spec("replicas").integer(in: 0...Int(Int32.max)) ?? 1, template: template)
  }
}
