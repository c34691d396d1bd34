internal import EndpointPicking
internal import Kubernetes
internal import YAML

extension ModelsFile {
  /// What a target's weight may be (InferenceModelRewrite v1alpha2).
  private static let weights = 1...1_000_000

  /// Adds an InferenceModelRewrite for each entry of `rewrites`.
  func addRewrites(_ root: YAMLNode, to file: inout ManifestFile) throws(ManifestError) {
    guard let list = root["rewrites"], list.value != .null else { return }
    var lines: [String: Int] = [:]
    for (field, item) in try items(list, at: "rewrites") {
      do throws(ManifestError) {
        let rewrite = try rewrite(item, at: field, appearance: file.objects.count)
        let name = rewrite.metadata.name.name
        if let line = lines[name] { throw error(item.line, "\(field).name", "'\(name)' is also at line \(line)") }
        lines[name] = item.line
        add(.inferenceModelRewrite(rewrite), line: item.line, to: &file)
      } catch {
        file.errors.append(error)
      }
    }
  }

  private func rewrite(
    _ node: YAMLNode, at field: String, appearance: Int
  ) throws(ManifestError) -> InferenceModelRewrite {
    try check(node, at: field, keys: ["name", "models", "targets"])
    let name = try text(node["name"], at: "\(field).name", line: node.line)
    guard DNSLabel.isSubdomain(name) else {
      throw error(
        node["name"]?.line ?? node.line, "\(field).name",
        "'\(name)' is not a name of small letters, digits, '-' and '.'")
    }
    var models: [String] = []
    if let list = node["models"], list.value != .null {
      for (place, item) in try items(list, at: "\(field).models") {
        models.append(try text(item, at: place, line: item.line))
      }
    }
    guard let list = node["targets"], list.value != .null else {
      throw error(node.line, "\(field).targets", "at least one target is required")
    }
    var targets: [InferenceModelRewrite.Target] = []
    for (place, item) in try items(list, at: "\(field).targets") {
      try check(item, at: place, keys: ["model", "weight"])
      targets.append(
        .init(
          try text(item["model"], at: "\(place).model", line: item.line),
          weight: try weight(item["weight"], at: "\(place).weight")))
    }
    guard !targets.isEmpty else { throw error(list.line, "\(field).targets", "at least one target is required") }
    return InferenceModelRewrite(
      metadata: ObjectMetadata(name: name, namespace: namespace, appearance: appearance),
      poolRef: PoolReference(name: Self.pool), rules: [.init(models: models, targets: targets)])
  }

  private func weight(_ node: YAMLNode?, at field: String) throws(ManifestError) -> Int? {
    guard let node, node.value != .null else { return nil }
    guard case .int(let weight) = node.value else {
      throw error(node.line, field, "expected an integer, got \(node.text.map { "'\($0)'" } ?? node.kindName)")
    }
    guard Self.weights.contains(weight) else {
      throw error(node.line, field, "must be \(Self.weights.lowerBound) to \(Self.weights.upperBound), got \(weight)")
    }
    return weight
  }

  private func text(_ node: YAMLNode?, at field: String, line: Int) throws(ManifestError) -> String {
    guard let node, node.value != .null else { throw error(line, field, "required") }
    guard let text = node.text else { throw error(node.line, field, "expected a string, got \(node.kindName)") }
    guard !text.isEmpty else { throw error(node.line, field, "may not be empty") }
    return text
  }

  private func items(_ node: YAMLNode, at field: String) throws(ManifestError) -> [(field: String, node: YAMLNode)] {
    guard case .sequence(let items) = node.value else {
      throw error(node.line, field, "expected a list, got \(node.text.map { "'\($0)'" } ?? node.kindName)")
    }
    return items.enumerated().map { ("\(field)[\($0.offset)]", $0.element) }
  }

  private func check(_ node: YAMLNode, at field: String, keys: Set<String>) throws(ManifestError) {
    guard case .mapping(let pairs) = node.value else {
      throw error(node.line, field, "expected a mapping, got \(node.text.map { "'\($0)'" } ?? node.kindName)")
    }
    for pair in pairs where !keys.contains(pair.key) {
      let known = keys.sorted().joined(separator: ", ")
      throw error(pair.line, "\(field).\(pair.key)", "unknown key; known are \(known)")
    }
  }
}
