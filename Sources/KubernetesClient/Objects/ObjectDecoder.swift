internal import EndpointPicking
internal import JSON
internal import Kubernetes
internal import YAML

/// Turns objects of one kind from an API server's JSON into typed ones, by the same rules as manifests.
struct ObjectDecoder {
  let resource: APIResource
  /// Whose objects are asked for.
  let namespace: String

  /// What an object came to.
  struct Decoded {
    var item: ListWatch<ManifestResource>.Item
    var problems: [ObjectProblem] = []
  }

  /// Reads an object; one that is known at the same version already is not looked at again.
  ///
  /// - Throws: What is wrong with an object that does not even say which one it is.
  func decode(_ json: JSONValue, known: (NamespacedName) -> String?) throws(ObjectProblem) -> Decoded {
    let name = try name(of: json)
    guard let version = json.member("metadata")?.member("resourceVersion")?.string, !version.isEmpty else {
      throw problem(name, "metadata.resourceVersion", "required")
    }
    var decoded = Decoded(item: .init(name: name, version: version, object: nil))
    if known(name) == version { return decoded }
    let file = ManifestReader().read([tree(json, name)], file: "")
    for error in file.errors { decoded.problems.append(problem(name, error.field, error.reason)) }
    for warning in file.warnings {
      decoded.problems.append(problem(name, warning.field, warning.reason, isRefused: false))
    }
    guard var object = file.objects.first?.resource, object.kind == resource.kind else { return decoded }
    if var metadata = object.metadata {
      // Among objects of an API server, only their age counts.
      metadata.appearance = nil
      object.metadata = metadata
    }
    if case .pod(var manifest) = object {
      // Manifests may leave out the status, API servers leave out the condition of a pod that is not ready yet.
      manifest.pod.isReady = Self.saysReady(json)
      object = .pod(manifest)
    }
    decoded.item.object = object
    return decoded
  }

  /// Name and namespace alone.
  func name(of json: JSONValue) throws(ObjectProblem) -> NamespacedName {
    guard case .object = json.kind else { throw problem(nil, "", "expected an object, got \(json.kind.phrase)") }
    guard let metadata = json.member("metadata") else { throw problem(nil, "metadata", "required") }
    guard let name = metadata.member("name")?.string, !name.isEmpty else {
      throw problem(nil, "metadata.name", "required")
    }
    return NamespacedName(namespace: metadata.member("namespace")?.string ?? namespace, name: name)
  }

  private func problem(
    _ name: NamespacedName?, _ field: String, _ reason: String, isRefused: Bool = true
  ) -> ObjectProblem {
    ObjectProblem(kind: resource.kind, name: name, field: field, reason: reason, isRefused: isRefused)
  }

  private static func saysReady(_ json: JSONValue) -> Bool {
    guard let conditions = json.member("status")?.member("conditions") else { return false }
    var isReady = false
    for condition in conditions.elements where condition.member("type")?.string == "Ready" {
      isReady = condition.member("status")?.string == "True"
    }
    return isReady
  }

  /// The object as a manifest; items of lists do not say what they are.
  private func tree(_ json: JSONValue, _ name: NamespacedName) -> YAMLNode {
    var keep: [String: (JSONValue) -> YAMLNode] = ["metadata": { Self.metadata($0, name) }]
    if resource == .pods {
      // Pods are large, and how they run elsewhere does not matter here.
      keep["spec"] = { YAMLNode($0, members: ["containers": Self.containers]) }
      keep["status"] = {
        YAMLNode($0, members: ["podIP": { YAMLNode($0) }, "conditions": { YAMLNode($0) }])
      }
    } else {
      keep["spec"] = { YAMLNode($0) }
    }
    let tree = YAMLNode(json, members: keep)
    guard case .mapping(var pairs) = tree.value else { return tree }
    pairs.append(.init(key: "kind", line: 1, value: YAMLNode(resource.kind)))
    pairs.append(.init(key: "apiVersion", line: 1, value: YAMLNode(resource.apiVersion)))
    return YAMLNode(line: 1, value: .mapping(pairs))
  }

  private static func metadata(_ json: JSONValue, _ name: NamespacedName) -> YAMLNode {
    let read: (JSONValue) -> YAMLNode = { YAMLNode($0) }
    let tree = YAMLNode(
      json,
      members: [
        "name": read, "labels": read, "annotations": read, "creationTimestamp": read, "deletionTimestamp": read,
        "resourceVersion": read,
      ])
    guard case .mapping(let pairs) = tree.value else { return tree }
    let namespace = YAMLNode.Pair(key: "namespace", line: 1, value: YAMLNode(name.namespace))
    return YAMLNode(line: 1, value: .mapping(pairs + [namespace]))
  }

  private static func containers(_ json: JSONValue) -> YAMLNode {
    guard case .array = json.kind else { return YAMLNode(json) }
    let containers = json.elements.map { YAMLNode($0, members: ["name": { YAMLNode($0) }]) }
    return YAMLNode(line: 1, value: .sequence(containers))
  }
}

extension ObjectProblem: Error {}
