internal import YAML

/// What an object says of itself before its metadata.
struct ObjectHeading {
  let kind: String
  let apiVersion: String

  init(_ object: Field, defaults: (kind: String, apiVersion: String)?) throws(FieldError) {
    let kind = try object("kind")
    let version = try object("apiVersion")
    if !kind.isPresent, let defaults {
      self.kind = defaults.kind
      apiVersion = try version.string() ?? defaults.apiVersion
      return
    }
    self.kind = try kind.name()
    apiVersion = try version.name()
  }

  /// `List`, and the lists of one kind that API servers answer with.
  var isList: Bool { kind == "List" || itemDefaults != nil }

  /// Kind and apiVersion of the items, for a list of one of the kinds that are read.
  var itemDefaults: (kind: String, apiVersion: String)? {
    guard kind.hasSuffix("List"), let item = ManifestKind(rawValue: String(kind.dropLast(4))) else { return nil }
    return (item.rawValue, apiVersion)
  }

  /// `Kind namespace/name` as far as the object says it, for messages.
  func title(of object: Field) -> String {
    let metadata = object.node?["metadata"]
    guard let name = metadata?["name"]?.text, !name.isEmpty else { return kind }
    return "\(kind) \(metadata?["namespace"]?.text ?? "default")/\(name)"
  }
}
