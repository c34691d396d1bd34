import Prometheus
import Simulation

@testable import ModelServer

/// A page of made-up engines, and what a scraper reads from it.
struct MetricsFixture {
  var descriptors: [EngineDescriptor]
  var samples: [EngineSample]
  var http: HTTPMetrics
  var process = ProcessSample()
  var unixTime = 1_733_000_000.25

  init(models: [String] = ["m"], maxLoras: Int? = nil, handlers: HTTPHandlers = HTTPHandlers(["/v1/completions"])) {
    descriptors = models.map {
      EngineDescriptor(
        modelName: $0, maxModelLen: 1024, maxLoras: maxLoras,
        cache: CacheSettings(blockSize: 16, blocks: 1024, blocksOverride: nil))
    }
    samples = models.map { _ in EngineSample(metrics: EngineMetrics(maxModelLen: 1024), load: LoadSnapshot()) }
    http = HTTPMetrics(handlers)
  }

  func page() -> [UInt8] {
    MetricsPage(engines: descriptors, handlers: http.handlers)
      .render(engines: samples, http: http, process: process, unixTime: unixTime)
  }

  func scrape() -> [ParsedSample] { ExpositionParser().samples(in: page()) }
}

extension [ParsedSample] {
  /// The value of the only series called `name` with these labels among its own; nil when there is not exactly one.
  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    let hits = filter { sample in
      sample.name == name && labels.allSatisfy { sample[label: $0.key] == $0.value }
    }
    return hits.count == 1 ? hits[0].value : nil
  }
}
