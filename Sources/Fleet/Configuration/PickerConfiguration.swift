public import EndpointPicking

/// What `understudy epp` was told beyond what it shares with `up`: the endpoint picker for gateways of others (GIE v1.5,
/// command line of the EPP).
public struct PickerConfiguration: Sendable {
  /// The ext_proc servers, one for each pool that gateways ask for; empty for none.
  public var listeners: [PickerListener] = []
  /// The port of the health service, without TLS; nil for none, 0 picks a free one.
  public var healthPort: Int?
  /// The health service is on the ext_proc port too.
  public var hasHealthOnMainPort = false
  /// How the ext_proc port is secured.
  public var security = PickerSecurity.selfSigned
  /// Request bodies above this many bytes are answered 413.
  public var maxRequestBodyBytes = 16 << 20
  /// The destination names the next best endpoints too, after commas.
  public var sendsFallbackList = false
  /// Gateways are told all candidates' scores (llm-d 0.10, `--emit-endpoint-scores`).
  public var emitsScores = false
  /// The model's name and base model are set as headers (body-based routing).
  public var setsModelHeaders = false
  /// Subset hints of gateways do not count.
  public var ignoresSubsets = false
  /// A pool of all endpoints, when the sources have no InferencePool (llm-d 0.9, `file-discovery`); nil for none.
  public var discoveryPool: PoolID?
  /// Where pools and pods come from beside files; nil for files only.
  public var kubernetes: KubernetesSource?

  /// No ext_proc server.
  public init() {}
}

/// One ext_proc server.
public struct PickerListener: Sendable, Hashable {
  /// Its pool; nil for the only one that there is.
  public var pool: PoolID?
  /// Its port on all addresses; 0 picks a free one.
  public var port: Int

  /// A server for `pool` on `port`.
  public init(pool: PoolID?, port: Int) {
    self.pool = pool
    self.port = port
  }
}

/// How gateways reach a picker.
public enum PickerSecurity: Sendable, Hashable {
  /// Without TLS.
  case none
  /// TLS with a certificate made at the start.
  case selfSigned
  /// TLS with `tls.crt` and `tls.key` of a folder, read again when they change if asked for.
  case folder(String, reloads: Bool)
}

/// What is read from a Kubernetes API server.
public struct KubernetesSource: Sendable, Hashable {
  /// The pools by name; empty when `selector` stands for one.
  public var pools: [PoolID] = []
  /// Labels of the pods of a pool without an InferencePool; nil for `pools`.
  public var selector: [String: String]?
  /// The name of that pool, in metrics and leases.
  public var selectorPoolName = "epp"
  /// The ports of those pods.
  public var targetPorts: [Int] = []
  /// The namespace of `selector`'s pods, and of leases.
  public var namespace = "default"
  /// A kubeconfig file; nil for KUBECONFIG, the usual place, or the service account of a pod.
  public var kubeconfig: String?
  /// The process's environment, which says where the API server is.
  public var environment: [String: String] = [:]
  /// Only the leader of several replicas serves.
  public var electsLeader = false

  /// Nothing to read yet.
  public init() {}
}
