internal import EndpointPicking

/// What `GET /api/live` answers: a fleet now, and the seconds that the caller has not seen.
///
/// Its size is bounded: by `LiveHistory.capacity`, and by the limits below.
struct LiveDocument: Sendable {
  /// The most replicas that are shown.
  static let replicaLimit = 512
  /// The most adapters of a replica that are named.
  static let adapterLimit = 12
  /// The most picks that are shown, and the most candidates of each.
  static let pickLimits = (picks: 16, candidates: 4)

  /// One server, in this process or elsewhere.
  struct Replica: Sendable {
    var name: String
    var pool: String?
    /// The names of its models, the first model's own first.
    var models: [String] = []
    /// The names of its adapters, used or not.
    var adapters: [String] = []
    var isReady = true
    /// It runs elsewhere, and is known by its metrics only.
    var isRemote = false
    var load = EndpointMetrics()
    /// Requests that may run at once; nil when unknown.
    var slots: Int?
    /// What it did in the last 10 seconds; nil when nobody counts.
    var track: ServerTrack?
    /// What can be changed; nil when nothing can.
    var behavior: Behavior?
  }

  /// Delays in milliseconds, and failures in percent.
  struct Behavior: Sendable {
    /// nil when it depends on the prompt.
    var timeToFirstToken: Double?
    var interTokenLatency: Double
    var failureRate: Int
    /// Not as configured.
    var isChanged: Bool
  }

  /// Names the process's start, so that a page sees when it talks to another one.
  var start: Int64
  /// In milliseconds since 1970.
  var now: Int64
  /// The caller may use `POST /api/behavior`.
  var mayChange: Bool
  /// It may with `--admin-token`.
  var hasToken: Bool
  /// The pools with their saturation.
  var pools: [(name: String, saturation: Double)] = []
  /// In the order of the objects' names.
  var replicas: [Replica] = []
  /// The oldest first.
  var samples: [LiveSample] = []
  var splits: [SplitTrack] = []
  /// The newest first.
  var picks: [PickExplanation] = []
}
