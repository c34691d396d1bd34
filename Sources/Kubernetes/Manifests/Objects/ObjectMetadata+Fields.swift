internal import EndpointPicking

extension ObjectMetadata {
  /// The `metadata` of an object that is the `appearance`th of its file.
  init(_ object: Field, appearance: Int) throws(FieldError) {
    let metadata = try object("metadata").required()
    let name = try metadata("name")
    if !name.isPresent, try metadata("generateName").isPresent {
      throw name.error("required: only a cluster can make one from generateName")
    }
    let text = try name.name()
    guard NameText.isSubdomain(text) else {
      throw name.error("'\(text)' is not a name of small letters, digits, '-' and '.'")
    }
    let namespace = try metadata("namespace")
    let space = try namespace.string() ?? "default"
    guard NameText.isLabel(space) else {
      throw namespace.error("'\(space)' is not a name of small letters, digits and '-'")
    }
    _ = try metadata("labels").strings()
    _ = try metadata("annotations").strings()
    self.init(
      name: text, namespace: space, creationTimestamp: try metadata("creationTimestamp").time(),
      resourceVersion: try metadata("resourceVersion").string(), appearance: appearance)
  }
}
