extension HTTPRouteURL.Rewrite {
  /// A `urlRewrite`.
  init(_ field: Field) throws(FieldError) {
    self.init(hostname: try field("hostname").preciseHostname(), path: try HTTPRouteURL.Path(field))
  }
}

extension HTTPRouteURL.Redirect {
  private enum Scheme: String, CaseIterable {
    case http, https
  }

  private static let statuses = [301, 302, 303, 307, 308]

  /// A `requestRedirect`.
  init(_ field: Field) throws(FieldError) {
    self.init(
      scheme: try field("scheme").choice(of: Scheme.allCases)?.rawValue,
      hostname: try field("hostname").preciseHostname(), path: try HTTPRouteURL.Path(field),
      port: try field("port").port())
    guard let code = try field("statusCode").integer(in: 100...599) else { return }
    guard Self.statuses.contains(code) else {
      throw try field("statusCode").error("\(code) is none of 301, 302, 303, 307 and 308")
    }
    status = code
  }
}

extension HTTPRouteURL.Path {
  private enum Kind: String, CaseIterable {
    case full = "ReplaceFullPath"
    case prefix = "ReplacePrefixMatch"

    var field: String { self == .full ? "replaceFullPath" : "replacePrefixMatch" }
  }

  /// The `path` of a rewrite or redirect; nil when there is none.
  init?(_ parent: Field) throws(FieldError) {
    let path = try parent("path")
    guard path.isPresent else { return nil }
    guard let kind = try path("type").choice(of: Kind.allCases) else { throw try path("type").error("required") }
    let other = try path((kind == .full ? Kind.prefix : .full).field)
    guard !other.isPresent else { throw other.error("does not go with the type \(kind.rawValue)") }
    guard let text = try path(kind.field).string(upTo: 1024) else { throw try path(kind.field).error("required") }
    if text.contains(where: { $0 == "?" || $0 == "#" }) {
      throw try path(kind.field).error("'\(text.prefix(80))' is more than a path: a request keeps its query")
    }
    self = kind == .full ? .full(text) : .prefix(text)
  }
}

extension Field {
  /// The name of one host.
  fileprivate func preciseHostname() throws(FieldError) -> String? {
    let name = try hostname()
    if let name, name.hasPrefix("*") { throw error("'\(name)' is not the name of one host") }
    return name
  }
}
