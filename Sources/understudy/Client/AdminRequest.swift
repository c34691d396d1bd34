import HTTPServer

/// A request to the admin API of a running `understudy up`.
///
/// The server formats, the client prints. With status 200 the answer's text is for standard output; with 204 the header
/// X-Understudy-Note has a line for standard error, which is no failure; with any other status the text is for standard
/// error, and the client ends with status 1. Missing objects are told by kubectl's `Error from server (NotFound): `.
///
///     GET  /api/get?kind=K&name=N&namespace=NS&all=true
///     POST /api/apply?namespace=NS&name=FILENAME          with a manifest as the body
///     POST /api/delete?kind=K&name=N&namespace=NS
///     POST /api/delete?namespace=NS&name=FILENAME         with a manifest as the body
///
/// Parameters that a command line leaves out are missing, not empty. The last form has no `kind`, and its body is not
/// empty. A manifest from standard input has no `name`.
struct AdminRequest: Equatable, Sendable {
  enum Method: String, Sendable { case get = "GET", post = "POST" }

  let method: Method
  /// Path and query.
  let target: String
  let body: [UInt8]

  /// Objects of one kind, or the one of that name; without a namespace the default one's.
  static func get(kind: String, name: String?, namespace: String?, allNamespaces: Bool) -> AdminRequest {
    let all = allNamespaces ? "true" : nil
    return AdminRequest(
      .get, "get", [("kind", kind), ("name", name), ("namespace", namespace), ("all", all)])
  }

  /// Creates or changes the manifest's objects; those without a namespace belong to `namespace`.
  static func apply(_ manifest: Manifest, namespace: String?) -> AdminRequest {
    AdminRequest(.post, "apply", [("namespace", namespace), ("name", manifest.path)], body: manifest.content)
  }

  /// Deletes one object.
  static func delete(kind: String, name: String, namespace: String?) -> AdminRequest {
    AdminRequest(.post, "delete", [("kind", kind), ("name", name), ("namespace", namespace)])
  }

  /// Deletes the manifest's objects.
  static func delete(_ manifest: Manifest, namespace: String?) -> AdminRequest {
    AdminRequest(.post, "delete", [("namespace", namespace), ("name", manifest.path)], body: manifest.content)
  }

  private init(_ method: Method, _ verb: String, _ parameters: [(String, String?)], body: [UInt8] = []) {
    self.method = method
    self.body = body
    let query = PercentEncoding.query(parameters.compactMap { name, value in value.map { (name, $0) } })
    target = "/api/\(verb)" + (query.isEmpty ? "" : "?") + query
  }
}
