internal import EndpointPicking
internal import Kubernetes

/// A kind of object as kubectl speaks of it.
struct ResourceType: Hashable, Sendable {
  /// `InferencePool`.
  let kind: String
  /// `inferencepool`, as messages about one object have it.
  let singular: String
  /// `inferencepools`, as messages about the kind have it.
  let plural: String
  /// Abbreviations, as the definitions of the kinds have them.
  let shortNames: [String]
  /// The API groups that have it, the usual one first; empty for the core group.
  let groups: [String]

  private init(_ kind: String, shortNames: [String] = [], groups: [String]) {
    self.kind = kind
    singular = kind.lowercased()
    plural = singular + "s"
    self.shortNames = shortNames
    self.groups = groups
  }

  /// Every kind that the store holds, but for entries of file-discovery files, which are listed as pods.
  static let all = [
    ResourceType("Pod", shortNames: ["po"], groups: [""]),
    ResourceType("Service", shortNames: ["svc"], groups: [""]),
    ResourceType("Deployment", shortNames: ["deploy"], groups: ["apps"]),
    ResourceType("StatefulSet", shortNames: ["sts"], groups: ["apps"]),
    ResourceType("InferencePool", shortNames: ["infpool"], groups: [APIGroup.inference, APIGroup.experimental]),
    ResourceType("InferenceObjective", groups: [APIGroup.experimental, APIGroup.llmd]),
    ResourceType("InferenceModel", groups: [APIGroup.experimental]),
    ResourceType("InferenceModelRewrite", groups: [APIGroup.experimental, APIGroup.llmd]),
    ResourceType("Gateway", shortNames: ["gtw"], groups: [HTTPRoute.group]),
    ResourceType("HTTPRoute", groups: [HTTPRoute.group]),
    ResourceType("ReferenceGrant", shortNames: ["refgrant"], groups: [HTTPRoute.group]),
  ]

  /// The type of the objects of `kind`, spelled as manifests do.
  init?(kind: String) {
    guard let type = Self.all.first(where: { $0.kind == kind }) else { return nil }
    self = type
  }

  /// The group of an object, of those that its kind has; what no release serves is read as the usual one.
  static func group(of resource: ManifestResource, apiVersion: String?) -> String {
    if case .inferencePool(let pool) = resource { return pool.group }
    guard let type = ResourceType(kind: resource.kind) else { return "" }
    let group = apiVersion.flatMap { version in version.lastIndex(of: "/").map { String(version[..<$0]) } }
    return group.flatMap { type.groups.contains($0) ? $0 : nil } ?? type.groups[0]
  }

  /// `inferencepools.inference.networking.k8s.io`, as errors have it.
  func qualifiedPlural(in group: String?) -> String { Self.qualified(plural, group ?? groups[0]) }

  /// `inferencepool.inference.networking.k8s.io`, as results have it.
  func qualifiedSingular(in group: String?) -> String { Self.qualified(singular, group ?? groups[0]) }

  private static func qualified(_ name: String, _ group: String) -> String {
    group.isEmpty ? name : "\(name).\(group)"
  }
}

/// What a command names as a kind: `po`, `Pods`, `deployments.apps`, `inferencepools.v1.inference.networking.k8s.io`.
struct ResourceArgument: Hashable, Sendable {
  /// Which kind.
  let type: ResourceType
  /// The only API group that is meant; nil when the argument names none.
  let group: String?

  /// Reads it as kubectl does, without regard to case; nil when there is no such kind.
  init?(_ text: String) {
    let words = text.lowercased().split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let name = words[0]
    guard
      let type = ResourceType.all.first(where: {
        $0.singular == name || $0.plural == name || $0.shortNames.contains(name)
      })
    else { return nil }
    let rest = words.dropFirst()
    let groups = [
      rest.joined(separator: "."), Self.isVersion(rest.first) ? rest.dropFirst().joined(separator: ".") : "",
    ]
    guard !rest.isEmpty else {
      self.init(type: type, group: nil)
      return
    }
    guard let group = groups.first(where: { !$0.isEmpty && type.groups.contains($0) }) else { return nil }
    self.init(type: type, group: group)
  }

  private init(type: ResourceType, group: String?) {
    self.type = type
    self.group = group
  }

  /// `v1`, `v1beta1`, `v1alpha2`, …
  private static func isVersion(_ word: String?) -> Bool {
    guard let bytes = word?.utf8, bytes.first == UInt8(ascii: "v"), let digit = bytes.dropFirst().first else {
      return false
    }
    return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit)
  }
}
