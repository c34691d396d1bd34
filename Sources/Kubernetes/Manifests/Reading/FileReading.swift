internal import EndpointPicking
internal import YAML

/// A file while it is read.
struct FileReading {
  private(set) var file: ManifestFile
  private var names = ObjectNames()

  init(_ name: String) { file = ManifestFile(name: name) }

  /// Adds an object, or those of a list; what is wrong goes to the file's errors.
  ///
  /// `defaults` are kind and apiVersion for items of lists of one kind, which may leave them out.
  mutating func add(_ node: YAMLNode, defaults: (kind: String, apiVersion: String)? = nil) {
    let object = Field(node)
    var heading: ObjectHeading?
    do throws(FieldError) {
      let found = try ObjectHeading(object, defaults: defaults)
      heading = found
      if found.isList {
        for item in try object("items").items() {
          guard let node = item.node else { throw item.mismatch("an object") }
          add(node, defaults: found.itemDefaults)
        }
        return
      }
      var warnings: [FieldError] = []
      let resource = try ManifestResource(found, object, appearance: file.objects.count, &warnings)
      let added = ManifestObject(position: position(node.line), resource: resource)
      if let first = names.insert(added) {
        throw FieldError(path: "metadata.name", line: node.line, reason: "the same object is at \(first)")
      }
      file.objects.append(added)
      for warning in warnings { file.warnings.append(error(warning, object: added.title)) }
    } catch {
      refuse(error, object: heading?.title(of: object))
    }
  }

  /// Adds the entries of a file-discovery file.
  mutating func addEndpoints(_ node: YAMLNode) {
    do throws(FieldError) {
      var warnings: [FieldError] = []
      let root = Field(node)
      try root.warn(unless: ["endpoints"], &warnings)
      for item in try root("endpoints").items() {
        let endpoint = try FileEndpoint(item, &warnings)
        let added = ManifestObject(position: position(item.line), resource: .endpoint(endpoint))
        if let first = names.insert(added) {
          throw try item("name").error("the same endpoint is at \(first)")
        }
        file.objects.append(added)
      }
      for warning in warnings { file.warnings.append(error(warning, object: nil)) }
    } catch {
      refuse(error)
    }
  }

  mutating func refuse(_ problem: FieldError, object: String? = nil) {
    file.errors.append(error(problem, object: object))
  }

  private func position(_ line: Int) -> SourcePosition {
    SourcePosition(file: file.name, line: line, index: file.objects.count)
  }

  private func error(_ problem: FieldError, object: String?) -> ManifestError {
    ManifestError(
      file: file.name, line: problem.line, object: object, field: problem.path, reason: problem.reason)
  }
}
