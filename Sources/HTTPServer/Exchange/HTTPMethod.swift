/// A request's method.
public enum HTTPMethod: Hashable, Sendable, CustomStringConvertible {
  case get, head, post, put, patch, delete, options
  case other(String)

  init(_ name: UnsafePointer<CChar>) {
    let text = String(cString: name)
    switch text {
    case "GET": self = .get
    case "HEAD": self = .head
    case "POST": self = .post
    case "PUT": self = .put
    case "PATCH": self = .patch
    case "DELETE": self = .delete
    case "OPTIONS": self = .options
    default: self = .other(text)
    }
  }

  public var description: String {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .post: "POST"
    case .put: "PUT"
    case .patch: "PATCH"
    case .delete: "DELETE"
    case .options: "OPTIONS"
    case .other(let name): name
    }
  }
}
