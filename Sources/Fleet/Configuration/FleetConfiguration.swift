public import EndpointPicking

/// What `understudy up` was told: where its objects come from, where it listens, and how it picks.
public struct FleetConfiguration: Sendable {
  /// Files and folders of models.json and manifests, in the order of the command line; "-" is standard input.
  public var sources: [String] = []
  /// Servers that run elsewhere, one pool of them (`--endpoint http://host:port`).
  public var endpoints: [RemoteAddress] = []
  /// There is a front door; an endpoint picker for gateways of others has none.
  public var hasFrontDoor = true
  /// Pods without an address are simulated; otherwise they wait for one.
  public var simulatesPods = true
  /// The endpoint picker for gateways of others.
  public var picker = PickerConfiguration()
  /// The front door's port on all addresses; 0 picks a free one.
  public var port = 8080
  /// The port of the admin API on the loopback address; 0 picks a free one.
  public var adminPort = 8081
  /// Lets callers that are not on this machine change delays and failures; nil: nobody else may.
  public var adminToken: String?
  /// The port of the picker's metrics on all addresses; 0 picks a free one.
  public var metricsPort = 9090
  /// Replica i also listens on 127.0.0.1 at this port plus i; nil keeps replicas inside the process.
  public var replicaBasePort: Int?
  /// Filters, scorers and pickers of every pool.
  public var scheduler = SchedulerConfiguration()
  /// `scheduler` is not the default one, so that it may look at any header.
  public var hasOwnScheduler = false
  /// Whose model name answers show.
  public var responseModel = ResponseModel.client
  /// How weighted choices are made, of rewrites and of routes.
  public var split = SplitMode.random
  /// The picker sees loads of up to this many nanoseconds ago, as if it scraped; nil: as they are.
  public var staleness: Int64?
  /// How the loads of servers elsewhere are read; as of servers in this process, those of all engines count.
  public var scraping = ScrapingSettings(combination: .total)
  /// A request that names no model is taken by the generic rewrite rule of its pool, if there is one.
  public var genericModelFallback = false
  /// nil: as many as there are cores, 8 at most.
  public var eventLoops: Int?
  /// Bodies above this many bytes are answered 413.
  public var maxRequestBodyBytes = 4 << 20

  /// The defaults.
  public init() {}
}

/// Whose model name an answer shows when a rewrite has changed it.
public enum ResponseModel: String, Sendable, CaseIterable {
  /// The name that the client asked for (GIE v1.5).
  case client
  /// The name that the server answers with.
  case backend
}

/// A model server elsewhere.
public struct RemoteAddress: Sendable, Hashable {
  /// An IP address or a host name.
  public var host: String
  /// 1 to 65535.
  public var port: Int
  /// It speaks HTTPS.
  public var isSecure: Bool

  /// The server at `host:port`.
  public init(host: String, port: Int, isSecure: Bool = false) {
    self.host = host
    self.port = port
    self.isSecure = isSecure
  }
}
