internal import EndpointPicking
internal import HTTPServer

/// A kind of object that an API server may have, in one version.
public struct APIResource: Hashable, Sendable, CustomStringConvertible {
  /// The API group; empty for the core group.
  public var group: String
  /// The version within the group.
  public var version: String
  /// As paths have it: `inferencepools`.
  public var plural: String
  /// As objects have it: `InferencePool`.
  public var kind: String

  /// The kind `kind` of `group`.
  public init(group: String, version: String, plural: String, kind: String) {
    self.group = group
    self.version = version
    self.plural = plural
    self.kind = kind
  }

  /// What objects say in `apiVersion`.
  public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

  /// `inferencepools.inference.networking.k8s.io`, for messages.
  public var description: String { group.isEmpty ? plural : "\(plural).\(group)" }

  /// Where the API server has the group and version.
  var root: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }

  /// Where it has the objects of a namespace, or one of them.
  func path(in namespace: String, name: String? = nil) -> String {
    let list = "\(root)/namespaces/\(PercentEncoding.encode(namespace))/\(plural)"
    return name.map { "\(list)/\(PercentEncoding.encode($0))" } ?? list
  }
}

extension APIResource {
  /// Pods.
  public static let pods = APIResource(group: "", version: "v1", plural: "pods", kind: "Pod")
  /// Leases, for leader election.
  public static let leases = APIResource(
    group: "coordination.k8s.io", version: "v1", plural: "leases", kind: "Lease")

  /// InferencePools of the group: v1, or v1alpha2 in the experimental one.
  public static func inferencePools(group: String) -> APIResource {
    APIResource(
      group: group, version: group == APIGroup.experimental ? "v1alpha2" : "v1", plural: "inferencepools",
      kind: "InferencePool")
  }

  /// InferenceObjectives, wherever they may be served; the first wins among objects of one name.
  public static let inferenceObjectives = groups("inferenceobjectives", "InferenceObjective")
  /// InferenceModelRewrites, wherever they may be served; the first wins among objects of one name.
  public static let inferenceModelRewrites = groups("inferencemodelrewrites", "InferenceModelRewrite")
  /// InferenceModels.
  public static let inferenceModels = APIResource(
    group: APIGroup.experimental, version: "v1alpha2", plural: "inferencemodels", kind: "InferenceModel")

  /// llm-d's group goes first: upstream leaves the older one alone where both are served. The last group is one that
  /// GIE's documentation shows and no release serves.
  private static func groups(_ plural: String, _ kind: String) -> [APIResource] {
    [APIGroup.llmd, APIGroup.experimental, APIGroup.inference].map {
      APIResource(group: $0, version: "v1alpha2", plural: plural, kind: kind)
    }
  }
}
