import EndpointPicking

@testable import Fleet

/// What tests read pages with.
enum PageReading {
  static func plan(
    _ mappings: [MetricsMapping] = [.vllm], _ combination: SeriesCombination = .newest
  ) -> MetricsPlan {
    MetricsPlan(mappings, combination: combination)
  }

  /// What an endpoint is known to be after a page that arrives in `pieces`, and the engine; nil when the page has nothing.
  static func read(
    _ pieces: [ArraySlice<UInt8>], _ plan: MetricsPlan = plan()
  ) -> (engine: String, metrics: EndpointMetrics)? {
    var reader = PageReader(plan)
    reader.begin()
    for piece in pieces { reader.read(Array(piece).span) }
    guard let found = reader.end() else { return nil }
    let endpoint = ScrapedEndpoint(RemoteAddress(host: "127.0.1.1", port: 8_000))
    endpoint.publish(found.load, at: 7)
    return (found.mapping.engine, endpoint.metrics(at: 9))
  }

  static func read(_ page: String, _ plan: MetricsPlan = plan()) -> (engine: String, metrics: EndpointMetrics)? {
    read([Array(page.utf8)[...]], plan)
  }

  /// Metrics that were read at 7.
  static func metrics(
    waiting: Int = 0, running: Int = 0, usage: Double = 0, blockSize: Int = 0, blocks: Int = 0,
    active: Set<String> = [], queued: Set<String> = [], max: Int = 0
  ) -> EndpointMetrics {
    var metrics = EndpointMetrics()
    metrics.waiting = waiting
    metrics.running = running
    metrics.kvUsage = usage
    metrics.blockSize = blockSize
    metrics.blocks = blocks
    metrics.activeAdapters = active
    metrics.waitingAdapters = queued
    metrics.maxAdapters = max
    metrics.updatedAt = 7
    return metrics
  }

  /// What `MetricsPages.vllm` says.
  static let vllm = metrics(
    waiting: 12, running: 5, usage: 0.4375, blockSize: 16, blocks: 1024, active: ["sql-lora", "chat"],
    queued: ["tweets"], max: 4)
}
