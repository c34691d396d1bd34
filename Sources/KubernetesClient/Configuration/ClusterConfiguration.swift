public import HTTPClient

/// Where an API server is, whom to trust there, and who to be.
public struct ClusterConfiguration: Sendable {
  /// What requests are authorized with, beside a certificate.
  public enum Credential: Hashable, Sendable {
    /// Nothing.
    case none
    /// A token that never changes.
    case token(String)
    /// The token in the file of that path, read again when the file changes.
    case tokenFile(String)
    /// A user's name and password.
    case password(user: String, password: String)
  }

  /// `https://host:port`, perhaps with a path, without a slash at the end.
  public var server: String
  /// Whom to trust; nil: the system's authorities.
  public var authorities: PEMSource?
  /// Trusts anyone instead.
  public var acceptsAnyCertificate: Bool
  /// The certificate to show; nil: none.
  public var identity: ClientTLS.Identity?
  /// What to send with each request.
  public var credential: Credential
  /// The namespace to use where nobody says another one.
  public var namespace: String

  /// The API server at `server`.
  public init(
    server: String, authorities: PEMSource? = nil, acceptsAnyCertificate: Bool = false,
    identity: ClientTLS.Identity? = nil, credential: Credential = .none, namespace: String = "default"
  ) {
    self.server = server
    self.authorities = authorities
    self.acceptsAnyCertificate = acceptsAnyCertificate
    self.identity = identity
    self.credential = credential
    self.namespace = namespace
  }

  /// The way to the cluster, looked for as controller-runtime does: the files of `KUBECONFIG`, else the service account
  /// of the pod that this runs in, else `~/.kube/config`.
  ///
  /// - Parameter path: A kubeconfig that is used instead of all of these; nil or empty: none.
  /// - Parameter context: Which of a kubeconfig's contexts; nil: its current one.
  public static func find(
    environment: [String: String], kubeconfig path: String? = nil, context: String? = nil
  ) throws(ConfigurationProblem) -> ClusterConfiguration {
    if let path, !path.isEmpty { return try kubeconfig(paths: [path], context: context) }
    if let list = environment["KUBECONFIG"], !list.isEmpty {
      // Files that do not exist are passed over, as kubectl does.
      let paths = list.split(separator: ":").map(String.init)
      let present = paths.filter(SmallFile.isReadable)
      guard !present.isEmpty else { throw ConfigurationProblem("KUBECONFIG names no readable file: \(list)") }
      return try kubeconfig(paths: present, context: context)
    }
    if environment["KUBERNETES_SERVICE_HOST"] != nil, context == nil { return try inCluster(environment: environment) }
    let home = "\(environment["HOME"] ?? "")/.kube/config"
    guard SmallFile.isReadable(home) else {
      throw ConfigurationProblem(
        "no API server is known: neither KUBECONFIG nor KUBERNETES_SERVICE_HOST is set, and there is no \(home)")
    }
    return try kubeconfig(paths: [home], context: context)
  }
}
