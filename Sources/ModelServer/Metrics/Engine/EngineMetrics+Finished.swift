internal import Prometheus
internal import Simulation

extension EngineMetrics {
  /// The times of a finished choice (vLLM V1's request histograms in seconds).
  mutating func observeTimes(of record: RequestRecord) {
    let decoding = (record.lastToken - record.firstToken).seconds
    histograms[.endToEndLatency].observe((record.lastToken - record.arrival).seconds)
    histograms[.queueTime].observe((record.scheduled - record.arrival).seconds)
    histograms[.inferenceTime].observe((record.lastToken - record.scheduled).seconds)
    histograms[.prefillTime].observe((record.firstToken - record.scheduled).seconds)
    histograms[.decodeTime].observe(decoding)
    // The first token belongs to the prefill.
    let steps = record.generationTokens - 1
    histograms[.timePerOutputToken].observe(steps > 0 ? decoding / Double(steps) : 0)
  }

  /// The sizes and parameters of a finished choice.
  mutating func observeSizes(of record: RequestRecord) {
    histograms[.promptTokens].observe(Double(record.promptTokens))
    histograms[.generationTokens].observe(Double(record.generationTokens))
    // Without reuse of prefixes the whole prompt is computed.
    histograms[.prefillComputedTokens].observe(Double(record.promptTokens))
    histograms[.preemptions].observe(Double(record.preemptions))
    if let limit = record.maxTokens { histograms[.maxTokens].observe(Double(limit)) }
    if let request = record.completes {
      histograms[.n].observe(Double(request.n))
      histograms[.maxGenerationTokens].observe(Double(request.maxGenerationTokens))
    }
  }
}
