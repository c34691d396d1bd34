internal import OpenAIAPI
internal import Simulation

/// The times of an answer's sequences, taken together for `--enable-per-request-metrics`.
struct AnswerTiming {
  private var arrival: Instant?
  private var scheduled: Instant?
  private var firstToken: Instant?
  private var lastToken: Instant?
  private var decodeTime = Nanoseconds.zero
  private var gaps = 0
  private var tokens = 0

  /// A sequence of `count` tokens has ended.
  mutating func add(_ end: SequenceEnd, tokens count: Int) {
    arrival = arrival.map { min($0, end.arrival) } ?? end.arrival
    scheduled = scheduled.map { min($0, end.scheduled) } ?? end.scheduled
    firstToken = firstToken.map { min($0, end.firstToken) } ?? end.firstToken
    lastToken = lastToken.map { max($0, end.lastToken) } ?? end.lastToken
    decodeTime += end.lastToken - end.firstToken
    gaps += max(0, count - 1)
    tokens += count
  }

  /// nil before the first sequence has ended.
  var metrics: RequestMetrics? {
    guard let arrival, let scheduled, let firstToken, let lastToken else { return nil }
    let generation = lastToken - scheduled
    return RequestMetrics(
      timeToFirstToken: (firstToken - arrival).seconds, generationTime: generation.seconds,
      queueTime: (scheduled - arrival).seconds,
      meanInterTokenLatency: gaps > 0 ? decodeTime.seconds / Double(gaps) : nil,
      tokensPerSecond: generation > .zero ? Double(tokens) / generation.seconds : nil)
  }
}
