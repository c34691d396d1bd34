public import YAML

/// What kind of file a text is.
public enum SourceFormat: Hashable, Sendable {
  /// Kubernetes objects.
  case manifests
  /// A list of running servers, as llm-d's `file-discovery` plugin reads it.
  case fileDiscovery
  /// A models.json: this program's own list of models, which `ManifestReader` does not read.
  case models

  /// Tells by the keys at the top: an object has a `kind`, the other two have a list under `endpoints` or `models`.
  public init(of documents: [YAMLNode]) {
    let first = documents.first
    switch (first?["kind"], first?["endpoints"], first?["models"]) {
    case (nil, .some, nil): self = .fileDiscovery
    case (nil, _, .some): self = .models
    default: self = .manifests
    }
  }
}
