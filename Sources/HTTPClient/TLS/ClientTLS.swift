/// Whom a client trusts and who it is, over TLS.
public struct ClientTLS: Sendable {
  /// A certificate, its chain behind it, and its private key.
  public struct Identity: Sendable {
    /// The client's own certificate first.
    public var certificate: PEMSource
    /// The private key of the first certificate.
    public var key: PEMSource

    /// An identity for servers that ask for one.
    public init(certificate: PEMSource, key: PEMSource) {
      self.certificate = certificate
      self.key = key
    }
  }

  /// The only authorities, or servers, to trust; nil: those that the system trusts.
  public var authorities: PEMSource?
  /// What to show to servers that ask; nil: nothing.
  public var identity: Identity?

  /// Trusts `authorities` and shows `identity`.
  public init(authorities: PEMSource? = nil, identity: Identity? = nil) {
    self.authorities = authorities
    self.identity = identity
  }
}

/// Where certificates or keys in PEM are.
///
/// They are read with every new connection, so that a file that is replaced counts from then on; one that is missing or
/// malformed by then keeps calls from connecting.
public enum PEMSource: Sendable {
  /// In the file of that path.
  case file(String)
  /// In memory.
  case memory(MemoryFile)

  /// What curl opens.
  var path: String {
    switch self {
    case .file(let path): path
    case .memory(let file): file.path
    }
  }
}
