internal import EndpointPicking
internal import JSON
internal import Kubernetes

extension ObjectDecoder {
  /// What one line of a watch says.
  struct WatchLine {
    var event: ListWatch<ManifestResource>.Event
    var problems: [ObjectProblem] = []
  }

  /// Reads a line of a watch; nil for a kind of event that is not known, which has no meaning here.
  func event(
    _ line: [UInt8], parser: JSONParser, known: (NamespacedName) -> String?
  ) throws(RequestFailure) -> WatchLine? {
    do throws(JSONError) {
      let document = try parser.parse(line)
      return try document.withRoot { root throws(JSONError) in try event(root, known: known) }
    } catch {
      throw .malformed("the watch of \(resource) is not one: \(error): \(Excerpt.text(line))")
    }
  }

  private func event(_ root: JSONValue, known: (NamespacedName) -> String?) throws(JSONError) -> WatchLine? {
    guard let type = root.member("type")?.string else { throw JSONError("an event without a type", at: 0) }
    guard let object = root.member("object"), case .object = object.kind else {
      throw JSONError("an event without an object", at: 0)
    }
    do throws(ObjectProblem) {
      switch type {
      case "ADDED", "MODIFIED":
        let decoded = try decode(object, known: known)
        return WatchLine(event: .set(decoded.item), problems: decoded.problems)
      case "DELETED": return WatchLine(event: .removed(try name(of: object), version: try version(of: object)))
      case "BOOKMARK": return WatchLine(event: .bookmark(version: try version(of: object)))
      case "ERROR": return WatchLine(event: .error(.status(APIStatus(object, code: 500))))
      default: return nil
      }
    } catch {
      // A change was told, and nobody knows of what: only a new list can say.
      throw JSONError(error.description, at: 0)
    }
  }

  private func version(of object: JSONValue) throws(ObjectProblem) -> String {
    guard let version = object.member("metadata")?.member("resourceVersion")?.string, !version.isEmpty else {
      throw ObjectProblem(
        kind: resource.kind, name: nil, field: "metadata.resourceVersion", reason: "required", isRefused: true)
    }
    return version
  }
}
