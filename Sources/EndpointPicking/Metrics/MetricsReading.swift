/// How the metrics of endpoints are read, as far as an EndpointPickerConfig says so: the parameters of
/// `metrics-data-source` and `core-metrics-extractor` (GIE v1.5; `port` and `interval` are llm-d-router's).
///
/// What is nil stays as flags and defaults have it.
public struct MetricsReading: Sendable, Equatable {
  /// The page is asked for over HTTPS.
  public var isSecure: Bool?
  /// The path of the page on every endpoint.
  public var path: String?
  /// The port of the page on every endpoint, 1 to 65,535.
  public var port: Int?
  /// Certificates of endpoints are not looked at.
  public var acceptsAnyCertificate: Bool?
  /// From one reading to the next, in nanoseconds, above 0; counted in whole intervals of the picker.
  public var interval: Int64?
  /// The label of a pod that names its engine, looked at before the known ones.
  public var engineLabel: String?
  /// The engine of pods that no label gives one; nil: what their pages look like.
  public var defaultEngine: String?
  /// Engines that are known beside those of `MetricsMapping.all`, or instead of those of the same name.
  public var engines: [MetricsMapping] = []

  /// Says nothing.
  public init() {}

  /// These engines and then those of `known` that have other names.
  public func engines(and known: [MetricsMapping]) -> [MetricsMapping] {
    let own = Set(engines.map(\.engine))
    return engines + known.filter { !own.contains($0.engine) }
  }
}

extension MetricsReading {
  /// Reads the parameters of a `metrics-data-source`.
  mutating func fillSource(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(["scheme", "path", "port", "insecureSkipVerify", "interval"])
    if let scheme = try parameters.string("scheme") {
      guard ["http", "https"].contains(scheme) else { throw parameters.error("scheme", "is neither http nor https") }
      isSecure = scheme == "https"
    }
    path = try parameters.string("path")
    if let path, !path.hasPrefix("/") || !path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
      throw parameters.error("path", "is not a URL's path such as /metrics")
    }
    port = try parameters.int("port", in: 1...65_535)
    acceptsAnyCertificate = try parameters.bool("insecureSkipVerify")
    // An empty text is as none, and 0 too.
    interval = try parameters.string("interval") == "" ? nil : try parameters.duration("interval")
    if interval == 0 { interval = nil }
  }

  /// Reads the parameters of a `core-metrics-extractor`.
  mutating func fillExtractor(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(["engineLabelKey", "defaultEngine", "engineConfigs"])
    engineLabel = try parameters.filled("engineLabelKey")
    defaultEngine = try parameters.filled("defaultEngine")
    for element in try parameters.elements("engineConfigs") ?? [] {
      let fields = try FieldReader(element.node, path: element.path)
      let mapping = try MetricsMapping(fields)
      guard !engines.contains(where: { $0.engine == mapping.engine }) else {
        throw fields.error("name", "is the name of two engines")
      }
      engines.append(mapping)
    }
    if let defaultEngine, !engines(and: MetricsMapping.all).contains(where: { $0.engine == defaultEngine }) {
      throw parameters.error("defaultEngine", "is neither a known engine nor one of engineConfigs")
    }
  }
}

extension MetricsMapping {
  /// Reads one of `engineConfigs`. What is left out is not read.
  fileprivate init(_ fields: FieldReader) throws(ConfigurationError) {
    // Custom metrics become attributes for plugins that PluginCatalog refuses: nobody could look at them.
    try fields.allow([
      "name", "queuedRequestsSpec", "runningRequestsSpec", "kvUsageSpec", "loraSpec", "cacheInfoSpec",
      "cacheBlockSizeLabelName", "cacheNumBlocksLabelName", "cacheBlockSizeSpec", "cacheNumBlocksSpec", "customMetrics",
    ])
    self.init(engine: try fields.required("name"))
    guard engine != "default" else { throw fields.error("name", "is reserved") }
    path = Self.all.first { [engine] in $0.engine == engine }?.path ?? path
    waiting = try fields.selectors("queuedRequestsSpec")
    running = try fields.selectors("runningRequestsSpec")
    kvUsage = try fields.selectors("kvUsageSpec")
    adapters = try fields.selectors("loraSpec")
    cacheInfo = try fields.selectors("cacheInfoSpec")
    blockSizeLabel = try fields.filled("cacheBlockSizeLabelName") ?? blockSizeLabel
    blocksLabel = try fields.filled("cacheNumBlocksLabelName") ?? blocksLabel
    blockSize = try fields.selectors("cacheBlockSizeSpec")
    blocks = try fields.selectors("cacheNumBlocksSpec")
  }
}

extension FieldReader {
  /// A text that is not empty; empty is as missing.
  fileprivate func filled(_ key: String) throws(ConfigurationError) -> String? {
    let text = try string(key)
    return text == "" ? nil : text
  }

  /// The series that a spec means; none for an empty one.
  fileprivate func selectors(_ key: String) throws(ConfigurationError) -> [MetricSelector] {
    guard let text = try filled(key) else { return [] }
    do throws(MetricSelectorError) {
      return [try MetricSelector(parsing: text)]
    } catch {
      throw self.error(key, "is \(error)")
    }
  }
}
