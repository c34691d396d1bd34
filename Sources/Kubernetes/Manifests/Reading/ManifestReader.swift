internal import EndpointPicking
public import YAML

/// Reads manifests: Kubernetes objects, and file-discovery files.
public struct ManifestReader: Sendable {
  /// How much a file may hold.
  public var limits: YAMLLimits

  /// llm-d reads file-discovery files of at most this many bytes.
  private static let fileDiscoveryLimit = 1 << 20

  /// A reader of files within `limits`.
  public init(limits: YAMLLimits = YAMLLimits()) { self.limits = limits }

  /// The objects of the text of the file `name`.
  public func read(_ text: String, file name: String) -> ManifestFile {
    do throws(YAMLError) {
      let documents = try YAMLNode.documents(in: text, limits: limits)
      guard SourceFormat(of: documents) != .fileDiscovery || text.utf8.count <= Self.fileDiscoveryLimit else {
        throw YAMLError("a file-discovery file of more than \(Self.fileDiscoveryLimit) bytes", line: 1)
      }
      return read(documents, file: name)
    } catch {
      var file = ManifestFile(name: name)
      file.errors = [ManifestError(file: name, line: error.line, reason: error.message)]
      return file
    }
  }

  /// The objects of documents that are parsed already.
  public func read(_ documents: [YAMLNode], file name: String) -> ManifestFile {
    var reading = FileReading(name)
    let format = SourceFormat(of: documents)
    for document in documents where document.value != .null {
      switch format {
      case .manifests: reading.add(document)
      case .fileDiscovery: reading.addEndpoints(document)
      case .models:
        reading.refuse(FieldError(path: "", line: document.line, reason: "a list of models, not a manifest"))
      }
    }
    return reading.file
  }
}
