internal import Prometheus

/// The histograms of an engine. Two names on the page may show the same one.
enum EngineHistogram: Int, CaseIterable {
  case timeToFirstToken, interTokenLatency, iterationTokens
  case endToEndLatency, queueTime, inferenceTime, prefillTime, decodeTime, timePerOutputToken
  case promptTokens, generationTokens, maxGenerationTokens, maxTokens, prefillComputedTokens
  case n, preemptions
  case emissionLateness

  /// The buckets, of which those for token counts end at `maxModelLen`.
  func bounds(maxModelLen: Int) -> HistogramBounds {
    switch self {
    case .timeToFirstToken: EngineBuckets.timeToFirstToken
    case .interTokenLatency, .timePerOutputToken: EngineBuckets.interTokenLatency
    case .iterationTokens: EngineBuckets.iterationTokens
    case .endToEndLatency, .queueTime, .inferenceTime, .prefillTime, .decodeTime: EngineBuckets.requestLatency
    case .promptTokens, .generationTokens, .maxGenerationTokens, .maxTokens, .prefillComputedTokens:
      .oneTwoFive(upTo: maxModelLen)
    case .n: EngineBuckets.requestN
    case .preemptions: EngineBuckets.requestPreemptions
    case .emissionLateness: EngineBuckets.lateness
    }
  }
}

/// One histogram of each kind, in a single array: a copy for a scrape costs one reference count, not sixteen.
struct EngineHistograms: Sendable {
  private var all: [Histogram]

  init(maxModelLen: Int) {
    all = EngineHistogram.allCases.map { Histogram($0.bounds(maxModelLen: maxModelLen)) }
  }

  subscript(kind: EngineHistogram) -> Histogram {
    _read { yield all[kind.rawValue] }
    _modify { yield &all[kind.rawValue] }
  }
}
