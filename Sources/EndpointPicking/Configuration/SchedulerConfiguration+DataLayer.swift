extension SchedulerConfiguration {
  /// What `dataLayer` says of reading metrics.
  ///
  /// A layer that lists no source of metrics gets the default one (llm-d-router), unless `injectDefaults` is false; in
  /// GIE's own group, which does not know that field, such a layer means that nothing is read (GIE v1.5).
  static func metrics(_ root: FieldReader, _ plugins: [Plugin]) throws(ConfigurationError) -> MetricsReading? {
    let unlisted = merged(
      source: plugins.named("metrics-data-source"), extractors: [plugins.named("core-metrics-extractor")])
    guard root.has("dataLayer") else { return unlisted }
    let layer = try root.object("dataLayer", allowing: ["sources", "injectDefaults", "discovery"])
    let isGIE = try root.string("apiVersion") == apiVersions[0]
    let injects = try layer?.bool("injectDefaults") ?? (!isGIE || layer?.has("discovery") == true)

    var reading: MetricsReading?
    var isExtracted = true
    for element in try layer?.elements("sources") ?? [] {
      let fields = try FieldReader(element.node, path: element.path)
      try fields.allow(["pluginRef", "extractors"])
      let source = try reference("pluginRef", fields, plugins)
      guard source.isSource else { throw fields.error("pluginRef", "is not a data source but a \(source.type)") }
      let extractors = try extractors(fields, plugins)
      guard source.metrics != nil else { continue }
      guard reading == nil else { throw fields.error("pluginRef", "is a second source of metrics") }
      reading = merged(source: source, extractors: extractors)
      isExtracted = extractors.contains { $0.metrics != nil }
    }
    // A page that nobody looks at need not be asked for.
    guard isExtracted else { return nil }
    return reading ?? (injects ? unlisted : nil)
  }

  private static func extractors(_ fields: FieldReader, _ plugins: [Plugin]) throws(ConfigurationError) -> [Plugin] {
    var extractors: [Plugin] = []
    for element in try fields.elements("extractors") ?? [] {
      let fields = try FieldReader(element.node, path: element.path)
      try fields.allow(["pluginRef"])
      let extractor = try reference("pluginRef", fields, plugins)
      guard extractor.isExtractor else {
        throw fields.error("pluginRef", "is not an extractor but a \(extractor.type)")
      }
      extractors.append(extractor)
    }
    return extractors
  }

  /// What the source says of pages and the first extractor of engines.
  private static func merged(source: Plugin?, extractors: [Plugin?]) -> MetricsReading {
    var reading = source?.metrics ?? MetricsReading()
    if let extractor = extractors.lazy.compactMap({ $0?.metrics }).first {
      reading.engineLabel = extractor.engineLabel
      reading.defaultEngine = extractor.defaultEngine
      reading.engines = extractor.engines
    }
    return reading
  }
}
