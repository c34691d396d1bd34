internal import Kubernetes

/// Another path for a request (Gateway API v1.4, HTTPPathModifier).
enum PathChange: Hashable, Sendable {
  case full(String)
  /// From the prefix that the rule matches, without a slash at its end, to another one, without it too.
  case prefix(String, to: String)

  /// The change of a filter of a rule that has these matches.
  init?(_ path: HTTPRouteURL.Path?, _ matches: [HTTPRouteMatch]) {
    switch path {
    case nil: return nil
    case .full(let path): self = .full(path.hasPrefix("/") ? path : "/" + path)
    case .prefix(let new):
      // More matches, or one of another kind, the reader of manifests does not let through.
      guard case .prefix(let old) = matches.first?.path ?? .prefix("/") else { return nil }
      let rooted = new.isEmpty || new.hasPrefix("/") ? new : "/" + new
      self = .prefix(old.withoutSlashAtTheEnd, to: rooted.withoutSlashAtTheEnd)
    }
  }

  /// The path that a request for `path` gets.
  func applied(to path: String) -> String {
    switch self {
    case .full(let path): return path
    case .prefix(let old, let new):
      let changed = new + path.dropFirst(old.count)
      return changed.isEmpty ? "/" : changed
    }
  }
}

extension String {
  fileprivate var withoutSlashAtTheEnd: String { hasSuffix("/") ? String(dropLast()) : self }
}
