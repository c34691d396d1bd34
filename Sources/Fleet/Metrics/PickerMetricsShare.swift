internal import EndpointPicking
internal import Prometheus

/// What one event loop counted for the endpoint picker's metrics page.
///
/// A plain value without a lock: each loop owns its own, and a scrape adds copies up with `merge`. A request is counted
/// by one share from start to end. Times are in nanoseconds.
///
/// A request's labels are looked up once, with `series(of:)`; after that, counting is arithmetic on an array. Nothing
/// is allocated but when a label set is seen, or counts something, for the first time.
struct PickerMetricsShare: Sendable {
  /// How many label sets of requests are kept apart. Names are capped one by one, as upstream does; this also caps
  /// their combinations (a limit of ours), of which each takes some 2 KiB.
  static let seriesLimit = 10_000

  private(set) var models = CappedNames()
  private(set) var fairnessIDs = CappedNames()
  var requests = SeriesTable<RequestLabels, RequestSeries>()
  var attempts = SeriesTable<AttemptLabels, Counter>()
  var rewrites = SeriesTable<RewriteLabels, Counter>()
  var disaggregations = SeriesTable<DisaggregationLabels, Counter>()
  var plugins = PluginTimes()
  var prefixes = SeriesTable<PluginIdentity, PrefixSeries>()
  var flows = SeriesTable<FlowLabels, FlowSeries>()
  var flowQueues = SeriesTable<FlowQueueLabels, FlowQueueSeries>()
  var pollErrors = SeriesTable<String, Counter>()
  private(set) var durations = PickerDuration.allCases.map { Histogram($0.bounds) }

  /// A share that has counted nothing.
  init() {}

  /// Keeps `models`, which the configuration names, from ever becoming `other`, however many names clients make up.
  mutating func pin(models names: some Sequence<String>) {
    for name in names { models.pin(name) }
  }

  /// The series of requests with `labels`, for as long as this share lives.
  ///
  /// Beyond `CappedNames.limit` models or fairness ids, or `seriesLimit` combinations, names become `other`.
  mutating func series(of labels: RequestLabels) -> RequestSeriesID {
    if let position = requests.position(of: labels) { return RequestSeriesID(position: position) }
    return cappedSeries(of: labels)
  }

  private mutating func cappedSeries(of labels: RequestLabels) -> RequestSeriesID {
    var capped = labels
    capped.incomingModel = models.admit(labels.incomingModel)
    capped.targetModel = models.admit(labels.targetModel)
    capped.fairnessID = fairnessIDs.admit(labels.fairnessID)
    if requests.count >= Self.seriesLimit, requests.position(of: capped) == nil {
      if !capped.incomingModel.isEmpty { capped.incomingModel = CappedNames.surplus }
      if !capped.targetModel.isEmpty { capped.targetModel = CappedNames.surplus }
      capped.fairnessID = CappedNames.surplus
    }
    return RequestSeriesID(position: requests.position(of: capped, initially: RequestSeries()))
  }

  /// The label of a fairness id outside of a request's own label set.
  mutating func label(ofFairnessID id: String) -> String { fairnessIDs.admit(id) }

  /// The label of a model named in a request, outside of the request's own label set.
  mutating func label(ofModel name: String) -> String { models.admit(name) }

  /// Counts a time that belongs to the whole process.
  mutating func observe(_ duration: PickerDuration, nanoseconds: Int64) {
    durations[duration.rawValue].observe(max(0, nanoseconds.seconds))
  }

  /// Adds what `other` counted. Shares are added up in a fixed order, so that names keep their labels from one page to
  /// the next; the caps hold for the sum, too.
  mutating func merge(_ other: PickerMetricsShare) {
    models.mergePins(other.models)
    let ids = other.requests.labels.map { series(of: $0) }
    for (id, series) in zip(ids, other.requests.values) { requests.values[id.position].merge(series) }
    var models = models
    attempts.merge(other.attempts, relabel: { $0.relabeled(models: &models) }) { $0.merge($1) }
    rewrites.merge(other.rewrites, relabel: { $0.relabeled(models: &models) }) { $0.merge($1) }
    disaggregations.merge(other.disaggregations, relabel: { $0.relabeled(models: &models) }) { $0.merge($1) }
    self.models = models
    plugins.merge(other.plugins)
    prefixes.merge(other.prefixes, relabel: { $0 }) { $0.merge($1) }
    flows.merge(other.flows, relabel: { $0.relabeled(ids) }) { $0.merge($1) }
    flowQueues.merge(other.flowQueues, relabel: { $0.relabeled(ids) }) { $0.merge($1) }
    pollErrors.merge(other.pollErrors, relabel: { $0 }) { $0.merge($1) }
    for position in durations.indices { durations[position].merge(other.durations[position]) }
  }
}

/// Times that are not broken down by labels.
enum PickerDuration: Int, CaseIterable, Sendable {
  /// One pick, successful or not.
  case scheduling
  /// One round of flow control over its queues.
  case dispatchCycle
  /// From the arrival of a request until its body has been dealt with, waiting for admission included.
  case requestProcessing
  /// Work on one response: the sum over its chunks, or for a whole answer from its headers to its end.
  case responseProcessing

  /// The histogram's bounds, in seconds.
  var bounds: HistogramBounds {
    switch self {
    case .scheduling, .dispatchCycle: PickerBuckets.scheduling
    case .requestProcessing: PickerBuckets.requestProcessing
    case .responseProcessing: PickerBuckets.responseProcessing
    }
  }
}

extension Int64 {
  /// A number of nanoseconds in seconds.
  var seconds: Double { Double(self) / 1_000_000_000 }
}
