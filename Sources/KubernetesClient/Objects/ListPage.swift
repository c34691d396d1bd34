internal import EndpointPicking
internal import JSON
internal import Kubernetes

extension ObjectDecoder {
  /// What one answer to a list says.
  struct ListPage {
    var page: ListWatch<ManifestResource>.Page
    var problems: [ObjectProblem]
  }

  /// Reads the answer to a list.
  func page(
    _ bytes: [UInt8], parser: JSONParser, known: (NamespacedName) -> String?
  ) throws(RequestFailure) -> ListPage {
    do throws(JSONError) {
      let document = try parser.parse(bytes)
      return try document.withRoot { root throws(JSONError) in try page(root, known: known) }
    } catch {
      throw .malformed("the list of \(resource) is not one: \(error): \(Excerpt.text(bytes))")
    }
  }

  private func page(
    _ root: JSONValue, known: (NamespacedName) -> String?
  ) throws(JSONError) -> ListPage {
    guard let metadata = root.member("metadata"), let version = metadata.member("resourceVersion")?.string,
      !version.isEmpty
    else { throw JSONError("metadata.resourceVersion is missing", at: 0) }
    var page = ListPage(page: .init(items: [], version: version), problems: [])
    if let next = metadata.member("continue")?.string, !next.isEmpty { page.page.next = next }
    guard let items = root.member("items"), !items.isNull else { return page }
    guard case .array = items.kind else { throw JSONError("items is \(items.kind.phrase)", at: 0) }
    for element in items.elements {
      do throws(ObjectProblem) {
        let decoded = try decode(element, known: known)
        page.page.items.append(decoded.item)
        page.problems += decoded.problems
      } catch {
        page.problems.append(error)
      }
    }
    return page
  }
}
