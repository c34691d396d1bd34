internal import EndpointPicking

extension ManifestResource {
  /// The object of kind and version `heading`.
  init(
    _ heading: ObjectHeading, _ object: Field, appearance: Int, _ warnings: inout [FieldError]
  ) throws(FieldError) {
    guard let kind = ManifestKind(rawValue: heading.kind), !kind.isForeign(heading.apiVersion) else {
      self = .skipped(
        kind: heading.kind, apiVersion: heading.apiVersion, name: object.node?["metadata"]?["name"]?.text ?? "",
        line: object.line)
      return
    }
    let version = try object("apiVersion")
    guard kind.versions.contains(heading.apiVersion) else {
      throw version.error(
        "'\(heading.apiVersion)' has no \(kind.rawValue): \(kind.versions.joined(separator: ", "))")
    }
    let metadata = try ObjectMetadata(object, appearance: appearance)
    switch kind {
    case .pod: self = .pod(try PodManifest(metadata, object))
    case .deployment: self = .workload(try Workload(.deployment, metadata, object))
    case .statefulSet: self = .workload(try Workload(.statefulSet, metadata, object))
    case .service: self = .service(try Service(metadata, object))
    case .inferencePool where heading.apiVersion == "\(APIGroup.inference)/v1":
      self = .inferencePool(try InferencePool(v1: metadata, object, &warnings))
    case .inferencePool: self = .inferencePool(try InferencePool(v1alpha2: metadata, object, &warnings))
    case .inferenceModel: self = .inferenceModel(try InferenceModel(metadata, object, &warnings))
    case .inferenceObjective: self = .inferenceObjective(try InferenceObjective(metadata, object, &warnings))
    case .inferenceModelRewrite: self = .inferenceModelRewrite(try InferenceModelRewrite(metadata, object, &warnings))
    case .gateway: self = .gateway(try Gateway(metadata, object))
    case .httpRoute: self = .httpRoute(try HTTPRoute(metadata, object, &warnings))
    case .referenceGrant: self = .referenceGrant(try ReferenceGrant(metadata, object))
    }
    if heading.apiVersion == kind.unserved {
      warnings.append(version.error("no release serves '\(heading.apiVersion)'; read as '\(kind.versions[0])'"))
    }
  }
}
