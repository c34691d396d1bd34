import ArgumentParser
import EndpointPicking
import Fleet
import Simulation

/// How the load of endpoints is read from their metrics.
struct MetricsReadingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("From one reading of an endpoint to the next, at least 1ms. Default: 50ms.", valueName: "span"))
  var refreshMetricsInterval: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Endpoints that were read longer ago are avoided while there are others. Default: 2s.", valueName: "span"))
  var metricsStalenessThreshold: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The scheme of the metrics. Default: http.", valueName: "http|https"))
  var modelServerMetricsScheme: String?

  @Option(parsing: .unconditional, help: "The path of the metrics. Default: where the engine has them.")
  var modelServerMetricsPath: String?

  @Option(parsing: .unconditional, help: "The port of the metrics. Default: 0, the endpoint's own.")
  var modelServerMetricsPort: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Take any certificate when reading metrics. Default: true.", valueName: "true|false"))
  var modelServerMetricsHttpsInsecureSkipVerify: Bool?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The series of waiting requests, instead of those of the known engines.", valueName: "name{label=value}"))
  var totalQueuedRequestsMetric: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The series of running requests.", valueName: "name{label=value}"))
  var totalRunningRequestsMetric: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The series of the KV cache's used share, 0 to 1.", valueName: "name{label=value}"))
  var kvCacheUsagePercentageMetric: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The series of LoRA adapters, with vLLM's labels; empty: none.", valueName: "name{label=value}"))
  var loraInfoMetric: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The series of the KV cache's shape; empty: none.", valueName: "name{label=value}"))
  var cacheInfoMetric: String?

  /// Enters the choices into `configuration`.
  func fill(_ configuration: inout FleetConfiguration) throws(LaunchError) {
    var scraping = configuration.scraping
    let least = Nanoseconds.milliseconds(1)
    if let span = try FlagText.goSpan("refresh-metrics-interval", refreshMetricsInterval, atLeast: least) {
      scraping.interval = span.count
    }
    if let span = try FlagText.goSpan("metrics-staleness-threshold", metricsStalenessThreshold, atLeast: least) {
      scraping.staleness = span.count
    }
    scraping.isSecure =
      try FlagText.choice("model-server-metrics-scheme", modelServerMetricsScheme, among: Scheme.allCases) == .https
    if let path = modelServerMetricsPath?.withoutQuotes {
      guard path.hasPrefix("/"), path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw FlagText.refusal("model-server-metrics-path", "must be a URL's path such as /metrics", path)
      }
      scraping.path = path
    }
    let port = try FlagText.integer("model-server-metrics-port", modelServerMetricsPort, in: 0...65535) ?? 0
    scraping.port = port == 0 ? nil : port
    scraping.acceptsAnyCertificate = modelServerMetricsHttpsInsecureSkipVerify ?? true
    if let mapping = try mapping() { scraping.mappings = [mapping] }
    configuration.scraping = scraping
  }

  /// What is likely not meant.
  func notes(on configuration: FleetConfiguration) -> [LaunchNote] {
    let scraping = configuration.scraping
    guard scraping.staleness < scraping.interval else { return [] }
    let text = "--metrics-staleness-threshold is below the time between readings: they are stale most of the time"
    return [LaunchNote(level: .warning, text: text)]
  }

  private enum Scheme: String, CaseIterable {
    case http, https
  }

  /// What the flags name, for all endpoints; nil when they name nothing but what is read anyway.
  private func mapping() throws(LaunchError) -> MetricsMapping? {
    let waiting = try Self.selectors("total-queued-requests-metric", totalQueuedRequestsMetric)
    let running = try Self.selectors("total-running-requests-metric", totalRunningRequestsMetric)
    let kvUsage = try Self.selectors("kv-cache-usage-percentage-metric", kvCacheUsagePercentageMetric)
    let adapters = try Self.selectors("lora-info-metric", loraInfoMetric)
    let cacheInfo = try Self.selectors("cache-info-metric", cacheInfoMetric)

    // What the flags leave open is as with the engine that they are about; upstream takes vLLM's names.
    let known = MetricsMapping.all.first { engine in
      waiting.isAmong(engine.waiting) || running.isAmong(engine.running) || kvUsage.isAmong(engine.kvUsage)
    }
    var mapping = known ?? .vllm
    waiting.replace(&mapping.waiting)
    running.replace(&mapping.running)
    kvUsage.replace(&mapping.kvUsage)
    adapters.replace(&mapping.adapters)
    cacheInfo.replace(&mapping.cacheInfo)
    if let owner = MetricsMapping.all.first(where: { cacheInfo.isAmong($0.cacheInfo) }) {
      mapping.blockSizeLabel = owner.blockSizeLabel
      mapping.blocksLabel = owner.blocksLabel
    }
    return mapping == .vllm ? nil : mapping
  }

  /// The series that a flag names: nil when it is not given, none when it is empty.
  private static func selectors(_ flag: String, _ text: String?) throws(LaunchError) -> [MetricSelector]? {
    guard let text = text?.withoutQuotes else { return nil }
    if text.isEmpty { return [] }
    do throws(MetricSelectorError) {
      return [try MetricSelector(parsing: text)]
    } catch {
      throw LaunchError("--\(flag): \(error)")
    }
  }
}

extension [MetricSelector]? {
  /// At least one series is named, and it is one of an engine's.
  fileprivate func isAmong(_ series: [MetricSelector]) -> Bool { self?.first.map(series.contains) ?? false }

  /// Takes the place of an engine's series, unless nothing is said or the first of them is.
  fileprivate func replace(_ series: inout [MetricSelector]) {
    if let self, self.first == nil || self.first != series.first { series = self }
  }
}

extension String {
  /// Without the quotation marks that the charts of GIE v1.5 put around values where YAML keeps them.
  fileprivate var withoutQuotes: String {
    count > 1 && first == "\"" && last == "\"" ? String(dropFirst().dropLast()) : self
  }
}
