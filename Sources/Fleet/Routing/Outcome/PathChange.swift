internal import HTTPServer
internal import Kubernetes

/// Another path for a request (Gateway API v1.4, HTTPPathModifier). All paths are percent-decoded.
enum PathChange: Hashable, Sendable {
  case full(String)
  /// From the prefix that the rule matches to another one, both without slashes at their ends.
  case prefix(String, to: String)

  /// The change of a filter of a rule that has these matches.
  init?(_ path: HTTPRouteURL.Path?, _ matches: [HTTPRouteMatch]) {
    switch path {
    case nil: return nil
    case .full(let path): self = .full(Self.rooted(path))
    case .prefix(let new):
      // More matches, or one of another kind, the reader of manifests does not let through.
      guard case .prefix(let old) = matches.first?.path ?? .prefix("/") else { return nil }
      self = .prefix(PathPrefix.normalized(old), to: PathPrefix.normalized(Self.rooted(new)))
    }
  }

  /// The path that a request for `path` gets.
  func applied(to path: String) -> String {
    switch self {
    case .full(let path): return path
    case .prefix(let old, let new):
      let changed = new + String(decoding: path.utf8.dropFirst(old.utf8.count), as: UTF8.self)
      return changed.hasPrefix("/") ? changed : "/" + changed
    }
  }

  private static func rooted(_ path: String) -> String {
    PercentEncoding.decode(path.hasPrefix("/") ? path : "/" + path)
  }
}
