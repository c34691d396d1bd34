internal import Prometheus
public import Simulation

/// What vLLM counts and times in one engine; a plain value that the engine's event loop owns.
///
/// Events are told as they happen. Per token batch and per request nothing is allocated.
public struct EngineMetrics: Sendable {
  var promptTokens = Counter()
  var generationTokens = Counter()
  var prefixCacheQueries = Counter()
  var preemptions = Counter()
  var endings = [Counter](repeating: Counter(), count: FinishedReason.allCases.count)
  var rejections = [Counter](repeating: Counter(), count: RejectionReason.allCases.count)
  var histograms: EngineHistograms
  private var tokensOfIteration = 0

  /// `maxModelLen` bounds the buckets that count tokens; it is that of the engine's `EngineDescriptor`.
  public init(maxModelLen: Int) {
    histograms = EngineHistograms(maxModelLen: maxModelLen)
  }

  /// A request left the queue for the first time: its prompt is looked up in the prefix cache. vLLM does not count the
  /// look-up that follows a preemption.
  public mutating func scheduled(promptTokens count: Int) {
    prefixCacheQueries.increment(by: UInt64(clamping: count))
  }

  /// A request's prefill is done and its first token is out, `timeToFirstToken` after its arrival. Counts the prompt
  /// and that token.
  public mutating func firstToken(after timeToFirstToken: Nanoseconds, promptTokens count: Int) {
    histograms[.timeToFirstToken].observe(timeToFirstToken.seconds)
    promptTokens.increment(by: UInt64(clamping: count))
    generationTokens.increment()
    tokensOfIteration &+= count &+ 1
  }

  /// `count` further tokens of one request are out, the first of them `gap` after the token before, the others at the
  /// same instant as it. Each is an output step of its own.
  public mutating func tokens(_ count: Int, gap: Nanoseconds) {
    guard count > 0 else { return }
    histograms[.interTokenLatency].observe(gap.seconds)
    if count > 1 { histograms[.interTokenLatency].observe(0, count: UInt64(count - 1)) }
    generationTokens.increment(by: UInt64(count))
    tokensOfIteration &+= count
  }

  /// The engine has reported all that was due at an instant: a step of the batch, as far as a reader can tell.
  public mutating func endIteration() {
    guard tokensOfIteration > 0 else { return }
    histograms[.iterationTokens].observe(Double(tokensOfIteration))
    tokensOfIteration = 0
  }

  /// What a loop has observed of how late this engine's tokens and answers left.
  mutating func emitted(late histogram: Histogram) { histograms[.emissionLateness].merge(histogram) }

  /// A running request lost its KV blocks.
  public mutating func preempted() { preemptions.increment() }

  /// A choice ended and its answer is complete.
  public mutating func finished(_ record: RequestRecord) {
    endings[record.reason.rawValue].increment()
    observeTimes(of: record)
    observeSizes(of: record)
  }

  /// A choice ended before its answer was complete: the client went away, the server is stopping (`abort`), or it
  /// failed (`error`). It appears in no histogram.
  public mutating func aborted(_ reason: FinishedReason = .abort) { endings[reason.rawValue].increment() }

  /// A request was refused because a limit of the waiting queue was reached.
  public mutating func rejected(_ reason: RejectionReason) { rejections[reason.rawValue].increment() }
}
