internal import EndpointPicking
internal import Kubernetes
internal import YAML

/// Reads a models.json, this program's own list of models, as the Kubernetes objects that would serve them.
///
/// Each entry of `models` becomes a Deployment, named after the model, of `replicas` pods that run this program with the
/// entry's and the file's settings as flags. All of them form one InferencePool, and each entry of `rewrites`,
/// `{"name", "models": […], "targets": [{"model", "weight"}]}`, becomes an InferenceModelRewrite on it: requests for any
/// of `models`, or all requests if there are none, go to one of `targets` by weight. Which flags there are and what their
/// values may be is not known here.
struct ModelsFile {
  /// The file's name.
  let name: String
  /// Where its objects are.
  let namespace: String

  /// The name of the pool.
  static let pool = "models"
  /// The label by which the pool selects its pods; the value is its name.
  static let poolLabel = "understudy.dev/pool"
  /// The pool's target port.
  static let port = 8000

  /// The file `name`.
  init(name: String, namespace: String = "default") {
    self.name = name
    self.namespace = namespace
  }

  /// The objects of the file's documents, of which there must be one.
  func read(_ documents: [YAMLNode]) -> ManifestFile {
    var file = ManifestFile(name: name)
    do throws(ManifestError) {
      guard let root = documents.first else { return file }
      if documents.count > 1 { throw error(documents[1].line, "", "a second document in a list of models") }
      let top = try ModelSettings(topLevelOf: root, file: name)
      try addModels(root, top, to: &file)
      try addRewrites(root, to: &file)
    } catch {
      file.errors.append(error)
    }
    return file
  }

  func error(_ line: Int, _ field: String, _ reason: String) -> ManifestError {
    ManifestError(file: name, line: line, field: field, reason: reason)
  }

  private func addModels(
    _ root: YAMLNode, _ top: ModelSettings, to file: inout ManifestFile
  ) throws(ManifestError) {
    guard let list = root["models"], case .sequence(let items) = list.value, !items.isEmpty else {
      let list = root["models"] ?? root
      throw error(list.line, "models", "expected a list of at least one model, got \(list.kindName)")
    }
    add(.inferencePool(makePool(appearance: 0)), line: list.line, to: &file)
    var names = ModelNames()
    for (index, item) in items.enumerated() {
      do throws(ManifestError) {
        let entry = try ModelSettings(entry: item, at: "models[\(index)]", file: name)
        for served in entry.servedNames {
          guard let owner = names.insert(served, of: entry.model) else { continue }
          throw error(entry.line, "models[\(index)]", "'\(served)' is already a name of model '\(owner)'")
        }
        let workload = makeWorkload(
          named: names.objectName(for: entry.model), entry, top, appearance: file.objects.count)
        add(.workload(workload), line: item.line, to: &file)
      } catch {
        file.errors.append(error)
      }
    }
  }

  private func makePool(appearance: Int) -> InferencePool {
    InferencePool(
      metadata: ObjectMetadata(name: Self.pool, namespace: namespace, appearance: appearance),
      matchLabels: [Self.poolLabel: Self.pool], targetPorts: [Self.port])
  }

  private func makeWorkload(
    named name: String, _ entry: ModelSettings, _ top: ModelSettings, appearance: Int
  ) -> Workload {
    let labels = ["app": name, Self.poolLabel: Self.pool]
    let container = Container(
      name: "understudy", image: "understudy", args: entry.arguments(over: top), ports: [.init(Self.port)])
    return Workload(
      kind: .deployment, metadata: ObjectMetadata(name: name, namespace: namespace, appearance: appearance),
      labels: labels, replicas: entry.replicas, template: PodTemplate(labels: labels, containers: [container]))
  }

  func add(_ resource: ManifestResource, line: Int, to file: inout ManifestFile) {
    let position = SourcePosition(file: name, line: line, index: file.objects.count)
    file.objects.append(ManifestObject(position: position, resource: resource))
  }
}

/// The names that the entries of a file have taken.
private struct ModelNames {
  private var owners: [String: String] = [:]
  private var objects: Set<String> = []

  /// Takes a name that clients use; the model that has it already, if one has.
  mutating func insert(_ name: String, of model: String) -> String? {
    if let owner = owners[name] { return owner }
    owners[name] = model
    return nil
  }

  /// Takes the name of an object for `model`; of models that differ only in punctuation, later ones get a number.
  mutating func objectName(for model: String) -> String {
    let name = DNSLabel.text(for: model)
    var candidate = name
    var number = 1
    while !objects.insert(candidate).inserted {
      number += 1
      candidate = "\(name)-\(number)"
    }
    return candidate
  }
}
