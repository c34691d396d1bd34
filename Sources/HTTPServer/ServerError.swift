internal import Glibc

/// Why a server could not start.
public enum ServerError: Error, Sendable, CustomStringConvertible {
  /// A system call failed; the number is its `errno`.
  case system(String, Int32)
  /// The address can't be listened on; says which and why.
  case listen(address: String, reason: String)
  /// The TLS certificate or key can't be used; says which and why.
  case tls(String)

  /// One line that says what to change.
  public var description: String {
    switch self {
    case .system(let call, let code): "\(call) failed: \(String(cString: strerror(code)))"
    case .listen(let address, let reason): "cannot listen on \(address): \(reason)"
    case .tls(let reason): reason
    }
  }
}
