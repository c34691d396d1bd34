internal import EndpointPicking

/// The objects of several files together.
public struct ManifestCollection: Hashable, Sendable {
  /// All valid objects by file name, then position; `appearance` counts them across files.
  public private(set) var objects: [ManifestObject] = []
  /// The files' warnings in the same order.
  public private(set) var warnings: [ManifestError] = []
  /// The files' errors in the same order, and one for each object that another file has as well.
  public private(set) var errors: [ManifestError] = []

  /// Puts `files` together, in whatever order they come.
  public init(_ files: [ManifestFile]) {
    var names = ObjectNames()
    for file in files.sorted(by: { $0.name < $1.name }) {
      warnings += file.warnings
      errors += file.errors
      for var object in file.objects {
        if let first = names.insert(object) {
          errors.append(
            ManifestError(
              file: file.name, line: object.position.line, object: object.title, field: "metadata.name",
              reason: "the same object is at \(first)"))
          continue
        }
        object.resource.metadata?.appearance = objects.count
        objects.append(object)
      }
    }
  }
}
