internal import EndpointPicking

/// The kinds that are read, and the versions of each.
enum ManifestKind: String, CaseIterable {
  case pod = "Pod"
  case deployment = "Deployment"
  case statefulSet = "StatefulSet"
  case service = "Service"
  case inferencePool = "InferencePool"
  case inferenceObjective = "InferenceObjective"
  case inferenceModel = "InferenceModel"
  case inferenceModelRewrite = "InferenceModelRewrite"
  case gateway = "Gateway"
  case httpRoute = "HTTPRoute"
  case referenceGrant = "ReferenceGrant"

  /// What `apiVersion` may say.
  var versions: [String] {
    switch self {
    case .pod, .service: ["v1"]
    case .deployment, .statefulSet: ["apps/v1"]
    case .inferencePool: ["\(APIGroup.inference)/v1", "\(APIGroup.experimental)/v1alpha2"]
    case .inferenceModel: ["\(APIGroup.experimental)/v1alpha2"]
    case .inferenceObjective, .inferenceModelRewrite:
      ["\(APIGroup.experimental)/v1alpha2", "\(APIGroup.llmd)/v1alpha2", unserved]
    case .gateway, .httpRoute: ["\(HTTPRoute.group)/v1", "\(HTTPRoute.group)/v1beta1"]
    case .referenceGrant:
      ["\(HTTPRoute.group)/v1beta1", "\(HTTPRoute.group)/v1", "\(HTTPRoute.group)/v1alpha2"]
    }
  }

  /// What GIE's documentation shows in places and no release serves.
  var unserved: String { "\(APIGroup.inference)/v1alpha2" }

  /// Other products have other objects of the same kind, such as Istio's Gateway and Knative's Service.
  private var isCommonName: Bool { self == .gateway || self == .service }

  /// Whether `apiVersion` means another product's object.
  func isForeign(_ apiVersion: String) -> Bool {
    isCommonName && !versions.contains { Self.group($0) == Self.group(apiVersion) }
  }

  private static func group(_ apiVersion: String) -> Substring {
    apiVersion.lastIndex(of: "/").map { apiVersion[..<$0] } ?? ""
  }
}
