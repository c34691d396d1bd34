internal import Glibc

/// A request's method.
public enum HTTPMethod: Hashable, Sendable, CustomStringConvertible {
  case get, head, post, put, patch, delete, options
  /// Anything else; no route takes it.
  case other

  init(_ name: UnsafePointer<CChar>) {
    self = Self.named.first { strcmp(name, $0.name) == 0 }?.method ?? .other
  }

  // Most frequent first.
  private static let named: [(name: String, method: HTTPMethod)] = [
    ("POST", .post), ("GET", .get), ("HEAD", .head), ("OPTIONS", .options), ("PUT", .put), ("PATCH", .patch),
    ("DELETE", .delete),
  ]

  /// The name as it stands in a request line; `OTHER` for names that no route takes.
  public var description: String { Self.named.first { $0.method == self }?.name ?? "OTHER" }
}
