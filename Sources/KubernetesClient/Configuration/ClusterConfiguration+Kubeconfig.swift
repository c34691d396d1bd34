internal import HTTPClient

extension ClusterConfiguration {
  /// The way that kubeconfig files describe; of entries with one name, the first file's counts.
  ///
  /// Understood are `server`, `certificate-authority(-data)`, `insecure-skip-tls-verify`, `client-certificate(-data)`,
  /// `client-key(-data)`, `token`, `tokenFile`, `username` and `password`. What would need more, such as programs to
  /// run (`exec`), is refused in words.
  ///
  /// - Parameter context: The context's name; nil: the current one.
  public static func kubeconfig(
    paths: [String], context: String? = nil
  ) throws(ConfigurationProblem) -> ClusterConfiguration {
    let file = try Kubeconfig(paths: paths)
    guard let name = context ?? file.currentContext else {
      throw ConfigurationProblem("\(paths.joined(separator: ":")): no current-context; name a context")
    }
    let context = try file.entry(.contexts, name)
    let cluster = try file.entry(.clusters, try context.required("cluster"))
    let server = try cluster.required("server")
    guard server.hasPrefix("https://") || server.hasPrefix("http://") else {
      throw cluster.problem("server", "'\(server)' is not an http or https URL")
    }
    try cluster.refuse("proxy-url", "proxies are not supported")
    try cluster.refuse("tls-server-name", "certificates for another name than the server's are not supported")

    var configuration = ClusterConfiguration(server: String(server.reversed().drop { $0 == "/" }.reversed()))
    configuration.namespace = try context.string("namespace") ?? "default"
    configuration.acceptsAnyCertificate = try cluster.boolean("insecure-skip-tls-verify") ?? false
    configuration.authorities = try cluster.pem("certificate-authority")
    if let user = try context.string("user") {
      let entry = try file.entry(.users, user)
      configuration.credential = try credential(of: entry)
      configuration.identity = try identity(of: entry)
    }
    return configuration
  }

  private static func credential(of user: KubeconfigEntry) throws(ConfigurationProblem) -> Credential {
    try user.refuse(
      "exec", "programs that make credentials are not run; make a token, for instance with: kubectl create token")
    try user.refuse("auth-provider", "authentication providers are not supported; use a token")
    for key in ["as", "as-uid", "as-groups"] { try user.refuse(key, "impersonation is not supported") }
    if let path = try user.path("tokenFile") { return .tokenFile(path) }
    if let token = try user.string("token") { return .token(token) }
    if let name = try user.string("username") {
      return .password(user: name, password: try user.string("password") ?? "")
    }
    return .none
  }

  private static func identity(of user: KubeconfigEntry) throws(ConfigurationProblem) -> ClientTLS.Identity? {
    switch (try user.pem("client-certificate"), try user.pem("client-key")) {
    case (nil, nil): nil
    case (let certificate?, let key?): ClientTLS.Identity(certificate: certificate, key: key)
    case (_?, nil): throw user.problem("client-key", "required beside client-certificate")
    case (nil, _?): throw user.problem("client-certificate", "required beside client-key")
    }
  }
}
