/// Why a server cannot be started.
public enum ExternalProcessorError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The certificate or its key cannot be used; says which and why.
  case certificate(String)
  /// The address cannot be listened on.
  case listening(String)

  /// What went wrong.
  public var description: String {
    switch self {
    case .certificate(let text), .listening(let text): text
    }
  }
}
