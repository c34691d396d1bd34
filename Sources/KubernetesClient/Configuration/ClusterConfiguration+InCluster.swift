internal import HTTPClient

extension ClusterConfiguration {
  /// Where Kubernetes mounts a pod's service account.
  public static let serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

  /// The way from within a pod: its service account's token, authority and namespace, which are files of `folder`, and
  /// the address in `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`.
  public static func inCluster(
    environment: [String: String], folder: String = serviceAccountFolder
  ) throws(ConfigurationProblem) -> ClusterConfiguration {
    guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
      let port = environment["KUBERNETES_SERVICE_PORT"], let number = Int(port), (1...65535).contains(number)
    else {
      throw ConfigurationProblem(
        "not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT do not name an API server")
    }
    // Read once to tell of what is missing now, not with the first request.
    _ = try SmallFile.word("\(folder)/token")
    _ = try SmallFile.word("\(folder)/ca.crt")
    return ClusterConfiguration(
      server: "https://\(host.contains(":") ? "[\(host)]" : host):\(number)",
      authorities: .file("\(folder)/ca.crt"), credential: .tokenFile("\(folder)/token"),
      namespace: (try? SmallFile.word("\(folder)/namespace")) ?? "default")
  }
}
