public import EndpointPicking

/// How the metrics of model servers elsewhere are read.
public struct ScrapingSettings: Sendable {
  /// They are read at all.
  public var isOn = true
  /// From one reading of an endpoint to the next, in nanoseconds, at least 1 ms (`--refresh-metrics-interval`).
  public var interval: Int64 = 50_000_000
  /// A reading that takes longer has failed; nanoseconds (GIE v1.5: 1 s).
  public var timeout: Int64 = 1_000_000_000
  /// An endpoint that was read longer ago is not chosen while there are others; nanoseconds
  /// (`--metrics-staleness-threshold`).
  public var staleness: Int64 = 2_000_000_000
  /// The port of the page on every endpoint; nil: the endpoint's own.
  public var port: Int?
  /// The page is asked for over HTTPS.
  public var isSecure = false
  /// The path of the page on every endpoint; nil: where the engine has it.
  public var path: String?
  /// Certificates of endpoints that speak HTTPS are not looked at (GIE v1.5, `insecureSkipVerify`).
  public var acceptsAnyCertificate = true
  /// The engines that are known. A pod's label chooses one by its name.
  public var mappings = MetricsMapping.all
  /// The labels of a pod that may name its engine; the first that is there and not empty counts.
  public var engineLabels = MetricsMapping.engineLabels
  /// The engine of a pod that no label gives one of `mappings`; nil: found out from its page.
  public var defaultEngine: String?
  /// What several series that one selector matches stand for.
  public var combination: SeriesCombination
  /// A page with more bytes is not read.
  public var maxPageBytes = 32 << 20

  /// The defaults.
  public init(combination: SeriesCombination = .newest) { self.combination = combination }

  /// An endpoint that fails is asked less often, but once in this many nanoseconds; or every `interval`, if that is longer.
  static let slowestProbe: Int64 = 1_000_000_000

  /// Readings are no further apart than this many nanoseconds, whatever is asked for.
  static let longestInterval: Int64 = 3_600_000_000_000

  /// The engine that a pod's labels name.
  func engine(in labels: [String: String]) -> String? {
    engineLabels.lazy.compactMap { labels[$0] }.first { !$0.isEmpty }
  }

  /// Takes over what an EndpointPickerConfig says, nil being that nothing is to be read. It goes before flags (GIE v1.5).
  public mutating func take(_ reading: MetricsReading?) {
    guard let reading else {
      isOn = false
      return
    }
    isSecure = reading.isSecure ?? isSecure
    path = reading.path ?? path
    port = reading.port ?? port
    acceptsAnyCertificate = reading.acceptsAnyCertificate ?? acceptsAnyCertificate
    if let wanted = reading.interval.map({ min($0, Self.longestInterval) }) {
      // A shorter one counts down to the default; a longer one in whole intervals (llm-d-router).
      interval = min(interval, max(wanted, ScrapingSettings().interval))
      interval *= max(1, (wanted + interval / 2) / interval)
    }
    if let label = reading.engineLabel { engineLabels.insert(label, at: 0) }
    defaultEngine = reading.defaultEngine ?? defaultEngine
    if !reading.engines.isEmpty || reading.defaultEngine != nil { mappings = reading.engines(and: MetricsMapping.all) }
  }
}

/// What several series of one metric on one page come to: engines of one server, or models of it.
public enum SeriesCombination: Sendable, Hashable {
  /// The sample with the newest timestamp counts, the first of those without one (GIE v1.5).
  case newest
  /// Requests and blocks are added up, and the fullest KV cache counts.
  case total
}
