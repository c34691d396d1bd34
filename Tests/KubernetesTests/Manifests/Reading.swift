import EndpointPicking
import Kubernetes
import Testing

/// The only object of a text, which must be valid.
func object(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> ManifestResource {
  let file = ManifestReader().read(text, file: "f.yaml")
  #expect(file.errors.isEmpty, "\(file.errors)", sourceLocation: sourceLocation)
  #expect(file.objects.count == 1, sourceLocation: sourceLocation)
  return try #require(file.objects.first, sourceLocation: sourceLocation).resource
}

/// The errors of a text, each on one line.
func errors(_ text: String) -> [String] {
  ManifestReader().read(text, file: "f.yaml").errors.map(\.description)
}

/// The warnings of a text that is valid.
func warnings(_ text: String) -> [String] {
  let file = ManifestReader().read(text, file: "f.yaml")
  #expect(file.errors.isEmpty, "\(file.errors)")
  return file.warnings.map(\.description)
}
