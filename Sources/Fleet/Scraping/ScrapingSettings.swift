/// How the metrics of model servers elsewhere are read.
public struct ScrapingSettings: Sendable {
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
  /// The engines that are known. A pod's label chooses one by its name; without a label, or with one that names none of
  /// these, the first that has series on the endpoint's page.
  public var mappings = MetricsMapping.all
  /// What several series that one selector matches stand for.
  public var combination: SeriesCombination
  /// A page with more bytes is not read.
  public var maxPageBytes = 32 << 20

  /// The defaults.
  public init(combination: SeriesCombination = .newest) { self.combination = combination }

  /// An endpoint that fails is asked less often, but once in this many nanoseconds; or every `interval`, if that is longer.
  static let slowestProbe: Int64 = 1_000_000_000

  /// The engine that a pod's labels name.
  static func engine(in labels: [String: String]) -> String? {
    MetricsMapping.engineLabels.lazy.compactMap { labels[$0] }.first { !$0.isEmpty }
  }
}

/// What several series of one metric on one page come to: engines of one server, or models of it.
public enum SeriesCombination: Sendable, Hashable {
  /// The sample with the newest timestamp counts, the first of those without one (GIE v1.5).
  case newest
  /// Requests and blocks are added up, and the fullest KV cache counts.
  case total
}
