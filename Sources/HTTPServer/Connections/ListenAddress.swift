/// Where a server listens.
public enum ListenAddress: Sendable, Equatable, CustomStringConvertible {
  /// A TCP port; a nil host means all addresses of both families, port 0 any free one.
  case tcp(host: String?, port: Int)
  /// A Unix socket.
  case unix(path: String)

  /// As a person writes it: `host:port`, or `unix:` and the path.
  public var description: String {
    switch self {
    case .tcp(let host, let port):
      let name = host ?? "*"
      return name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
    case .unix(let path): return "unix:\(path)"
    }
  }
}
