internal import Prometheus

/// What was counted of the requests that share their labels.
///
/// The series of GIE v1.5 have fewer labels than those of llm-d 0.10; they are sums that are made for the page.
struct RequestSeries: Sendable {
  /// Requests that an endpoint was found for.
  var scheduled = Counter()
  /// Requests whose answer is under way; in one of several shares it may be negative.
  var running = 0
  /// Whether `running` ever counted: until then the gauge has no series.
  var hasRun = false
  /// Errors by code.
  private(set) var failures: [RequestFailureCode: Counter] = [:]
  /// By `RequestHistogram`; empty until one observes, because series of refused requests need none.
  private var histograms: [Histogram] = []

  /// What `histogram` has seen; nil when nothing.
  subscript(histogram: RequestHistogram) -> Histogram? {
    histograms.isEmpty ? nil : histograms[histogram.rawValue]
  }

  /// Counts one value.
  mutating func observe(_ histogram: RequestHistogram, _ value: Double) {
    if histograms.isEmpty { histograms = RequestHistogram.empty }
    histograms[histogram.rawValue].observe(value)
  }

  /// Counts one error.
  mutating func fail(_ code: RequestFailureCode) { failures[code, default: Counter()].increment() }

  /// Adds what another share counted.
  mutating func merge(_ other: RequestSeries) {
    scheduled.merge(other.scheduled)
    running += other.running
    hasRun = hasRun || other.hasRun
    for (code, counter) in other.failures { failures[code, default: Counter()].merge(counter) }
    if histograms.isEmpty {
      histograms = other.histograms
    } else if !other.histograms.isEmpty {
      for position in histograms.indices { histograms[position].merge(other.histograms[position]) }
    }
  }
}

/// The histograms that every label set of requests has.
enum RequestHistogram: Int, CaseIterable, Sendable {
  case requestBytes, responseBytes
  case inputTokens, cachedTokens, outputTokens
  case duration, normalizedOutputToken
  /// Of streams and of whole answers, which llm-d 0.10 tells apart.
  case streamedFirstToken, wholeFirstToken
  case outputToken, interToken

  /// The finest bounds that a family of this histogram has; the others' are among them.
  var bounds: HistogramBounds {
    switch self {
    case .requestBytes: PickerBuckets.requestBytes
    case .responseBytes: PickerBuckets.responseBytes
    case .inputTokens, .cachedTokens: PickerBuckets.inputTokens
    case .outputTokens: PickerBuckets.outputTokens
    case .duration, .streamedFirstToken, .wholeFirstToken: PickerBuckets.request
    case .normalizedOutputToken: PickerBuckets.normalizedOutputToken
    case .outputToken: PickerBuckets.outputToken
    case .interToken: PickerBuckets.interToken
    }
  }

  fileprivate static let empty = allCases.map { Histogram($0.bounds) }
}
