internal import EndpointPicking
internal import Kubernetes
internal import YAML

/// What a text of any of the formats says: manifests, a models.json, or a file-discovery file.
struct SourceText {
  /// Its objects and what is wrong with them.
  let file: ManifestFile
  /// The API group of each of the file's objects, in their order; empty for the core group.
  let groups: [String]

  /// Reads `text`; objects that name no namespace are in `namespace`.
  init(_ text: String, file name: String, namespace: String = "default") {
    let documents: [YAMLNode]
    do throws(YAMLError) {
      documents = try YAMLNode.documents(in: text)
    } catch {
      var file = ManifestFile(name: name)
      file.errors = [ManifestError(file: name, line: error.line, reason: error.message)]
      self.init(file: file, groups: [])
      return
    }
    switch SourceFormat(of: documents) {
    case .models:
      self.init(file: ModelsFile(name: name, namespace: namespace).read(documents), apiVersions: [])
    case .fileDiscovery where namespace == "default":
      // The reader knows the limit on the size of these.
      self.init(file: ManifestReader().read(text, file: name), apiVersions: [])
    case .fileDiscovery:
      let placed = documents.map { $0.withItems(of: "endpoints") { $0.withDefault("namespace", namespace) } }
      self.init(file: ManifestReader().read(placed, file: name), apiVersions: [])
    case .manifests:
      let placed = namespace == "default" ? documents : documents.map { $0.withNamespace(namespace) }
      self.init(file: ManifestReader().read(placed, file: name), apiVersions: placed.flatMap { $0.apiVersions() })
    }
  }

  private init(file: ManifestFile, groups: [String]) {
    self.file = file
    self.groups = groups
  }

  private init(file: ManifestFile, apiVersions: [String]) {
    // Objects that are refused have an apiVersion too; with them the lists do not match, and nothing is used of either.
    let isComplete = apiVersions.count == file.objects.count
    self.init(
      file: file,
      groups: file.objects.indices.map {
        ResourceType.group(of: file.objects[$0].resource, apiVersion: isComplete ? apiVersions[$0] : nil)
      })
  }
}

extension YAMLNode {
  /// The `apiVersion`s of an object, or of a list's items, in the order in which `ManifestReader` reads objects.
  fileprivate func apiVersions(inherited: String? = nil) -> [String] {
    guard value != .null else { return [] }
    let own = self["apiVersion"]?.text
    guard let kind = self["kind"]?.text else { return [own ?? inherited ?? ""] }
    guard isList(kind) else { return [own ?? ""] }
    guard case .sequence(let items) = self["items"]?.value else { return [] }
    return items.flatMap { $0.apiVersions(inherited: own) }
  }

  /// The object, or a list's items, with `namespace` where they name none.
  fileprivate func withNamespace(_ namespace: String) -> YAMLNode {
    if let kind = self["kind"]?.text, isList(kind) { return withItems(of: "items") { $0.withNamespace(namespace) } }
    return replacing("metadata") { $0.withDefault("namespace", namespace) }
  }

  fileprivate func withItems(of key: String, _ change: (YAMLNode) -> YAMLNode) -> YAMLNode {
    replacing(key) { list in
      guard case .sequence(let items) = list.value else { return list }
      return YAMLNode(line: list.line, value: .sequence(items.map(change)))
    }
  }

  /// A mapping that has text under `key`, if it had nothing there.
  fileprivate func withDefault(_ key: String, _ text: String) -> YAMLNode {
    guard case .mapping(var pairs) = value, (self[key]?.value ?? .null) == .null else { return self }
    pairs.removeAll { $0.key == key }
    let added = YAMLNode(line: line, value: .string(text), text: text, isQuoted: true)
    pairs.append(Pair(key: key, line: line, value: added))
    return YAMLNode(line: line, value: .mapping(pairs))
  }

  private func replacing(_ key: String, _ change: (YAMLNode) -> YAMLNode) -> YAMLNode {
    guard case .mapping(var pairs) = value, let index = pairs.firstIndex(where: { $0.key == key }) else { return self }
    pairs[index].value = change(pairs[index].value)
    return YAMLNode(line: line, value: .mapping(pairs))
  }

  /// `List`, and the lists of one kind that `kubectl get -o yaml` and API servers write.
  private func isList(_ kind: String) -> Bool {
    kind == "List" || (kind.hasSuffix("List") && ResourceType(kind: String(kind.dropLast(4))) != nil)
  }
}
