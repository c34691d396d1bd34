internal import Prometheus

/// The engines' part of the page: all that is constant in it, rendered once.
struct EnginePage: Sendable {
  private enum Section: Sendable {
    case scalars(ScalarFamily, variants: Int, value: @Sendable (EngineSample, Int) -> Double?)
    case histograms(HistogramFamily, EngineHistogram)
  }

  private let sections: [Section]
  private let cacheConfig: ScalarFamily
  private let adapters: LoRARequestsInfo?

  init(_ engines: [EngineDescriptor]) {
    sections = EngineCatalogue.series.map { Self.section($0, engines) }
    cacheConfig = Self.cacheConfig(engines)
    let limits = engines.compactMap(\.maxLoras)
    adapters = limits.isEmpty ? nil : LoRARequestsInfo(maxLoras: limits.reduce(0) { $0.addingClamped($1) })
  }

  /// `samples` are in the order of the descriptors.
  func write(_ samples: [EngineSample], unixTime: Double, to page: inout Exposition) {
    for section in sections {
      switch section {
      case .scalars(let family, let variants, let value):
        family.write(to: &page) { index in
          let (engine, variant) = index.quotientAndRemainder(dividingBy: variants)
          return value(samples[engine], variant)
        }
      case .histograms(let family, let histogram):
        family.write(to: &page) { samples[$0].metrics.histograms[histogram] }
      }
    }
    cacheConfig.write(to: &page) { _ in 1 }
    adapters?.write(samples, unixTime: unixTime, to: &page)
  }

  private static func section(_ series: EngineSeries, _ engines: [EngineDescriptor]) -> Section {
    let base = engines.map { engine -> Labels in
      series.hasEngineLabel ? ["engine": "0", "model_name": engine.modelName] : ["model_name": engine.modelName]
    }
    switch series.values {
    case .scalars(let variants, let value):
      let labels = base.flatMap { base in variants.map { base.adding($0) } }
      return .scalars(ScalarFamily(series.family, series: labels), variants: variants.count, value: value)
    case .histogram(let histogram):
      let instances = zip(base, engines).map {
        HistogramFamily.Instance(labels: $0, bounds: histogram.bounds(maxModelLen: $1.maxModelLen))
      }
      return .histograms(HistogramFamily(series.family, instances: instances), histogram)
    }
  }

  /// vLLM's series has no `model_name`; it gets one only where engines would collide without.
  private static func cacheConfig(_ engines: [EngineDescriptor]) -> ScalarFamily {
    let family = Family("vllm:cache_config_info", .gauge, help: "The settings of the KV cache, as labels; always 1.")
    return ScalarFamily(
      family,
      series: engines.map { engine in
        let labels = engine.cache.labels(maxModelLen: engine.maxModelLen)
        return engines.count > 1 ? labels.adding(["model_name": engine.modelName]) : labels
      })
  }
}

extension Int {
  fileprivate func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
