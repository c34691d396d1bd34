internal import EndpointPicking
internal import Prometheus

/// How an answered request went.
struct CompletedRequest: Sendable, Equatable {
  /// From the request's arrival to the end of its answer.
  var nanoseconds: Int64
  /// From the request's arrival to the first byte of the answer's body, which for a whole answer is its end; nil when
  /// nothing came.
  var firstTokenNanoseconds: Int64?
  /// Whether the answer was a stream.
  var isStream: Bool
  /// Of the prompt, as the answer's usage says; 0 when it says nothing.
  var inputTokens: Int
  /// Of the prompt, from the prefix cache; nil when the usage says nothing of them.
  var cachedTokens: Int?
  /// Of the answer, as its usage says; 0 when it says nothing.
  var outputTokens: Int
  /// Bytes of the answer's body.
  var responseBytes: Int

  /// An answered request.
  init(
    nanoseconds: Int64, firstTokenNanoseconds: Int64? = nil, isStream: Bool = false, inputTokens: Int = 0,
    cachedTokens: Int? = nil, outputTokens: Int = 0, responseBytes: Int = 0
  ) {
    self.nanoseconds = nanoseconds
    self.firstTokenNanoseconds = firstTokenNanoseconds
    self.isStream = isStream
    self.inputTokens = inputTokens
    self.cachedTokens = cachedTokens
    self.outputTokens = outputTokens
    self.responseBytes = responseBytes
  }
}

extension PickerMetricsShare {
  /// Counts a request that an endpoint was found for. `bodyBytes` is the length of the body as it is sent there.
  mutating func requestScheduled(_ id: RequestSeriesID, bodyBytes: Int) {
    requests.values[id.position].scheduled.increment()
    requests.values[id.position].observe(.requestBytes, Double(bodyBytes))
  }

  /// Counts an answer that is an error.
  mutating func requestFailed(_ id: RequestSeriesID, _ code: RequestFailureCode) {
    requests.values[id.position].fail(code)
  }

  /// Counts a request as running: from when it was sent on, until `requestEnded`. Requests without a model's name do
  /// not count (GIE v1.5).
  mutating func requestStarted(_ id: RequestSeriesID) { addRunning(1, id) }

  /// Ends what `requestStarted` began; once each, however the request ended.
  mutating func requestEnded(_ id: RequestSeriesID) { addRunning(-1, id) }

  private mutating func addRunning(_ change: Int, _ id: RequestSeriesID) {
    guard !requests.labels[id.position].incomingModel.isEmpty else { return }
    requests.values[id.position].running += change
    requests.values[id.position].hasRun = true
  }

  /// Counts the time between two chunks of a stream's body.
  mutating func chunkFollowed(_ id: RequestSeriesID, afterNanoseconds nanoseconds: Int64) {
    guard nanoseconds >= 0 else { return }
    requests.values[id.position].observe(.interToken, nanoseconds.seconds)
  }

  /// Counts an answer that came to its end.
  ///
  /// As upstream does, leaves out times that are not positive and counts of tokens that are 0 (but not 0 cached
  /// tokens), and times per token where there is nothing to divide by. The time per output token is that of streams,
  /// from the first token on.
  mutating func requestCompleted(_ id: RequestSeriesID, _ request: CompletedRequest) {
    requests.values[id.position].complete(request)
  }

  /// Counts a rule that changed a request's model, or decided to keep it.
  mutating func rewriteDecision(_ decision: RewriteDecision) {
    var labels = RewriteLabels(
      rewrite: decision.rewrite.name.name, incomingModel: decision.incomingModel, targetModel: decision.targetModel)
    if rewrites.position(of: labels) == nil { labels.incomingModel = label(ofModel: labels.incomingModel) }
    let position = rewrites.position(of: labels, initially: Counter())
    rewrites.values[position].increment()
  }
}

extension RequestSeries {
  fileprivate mutating func complete(_ request: CompletedRequest) {
    observe(.responseBytes, Double(request.responseBytes))
    if request.inputTokens > 0 { observe(.inputTokens, Double(request.inputTokens)) }
    if request.outputTokens > 0 { observe(.outputTokens, Double(request.outputTokens)) }
    if let cachedTokens = request.cachedTokens { observe(.cachedTokens, Double(cachedTokens)) }
    guard request.nanoseconds > 0 else { return }
    observe(.duration, request.nanoseconds.seconds)
    if request.outputTokens > 0 {
      observe(.normalizedOutputToken, request.nanoseconds.seconds / Double(request.outputTokens))
    }
    guard let first = request.firstTokenNanoseconds, first > 0 else { return }
    observe(request.isStream ? .streamedFirstToken : .wholeFirstToken, first.seconds)
    if request.isStream, request.outputTokens > 1, request.nanoseconds > first {
      observe(.outputToken, (request.nanoseconds - first).seconds / Double(request.outputTokens - 1))
    }
  }
}

/// The labels of `model_rewrite_decisions_total`.
struct RewriteLabels: Hashable, Sendable {
  /// The name of the object, without namespace.
  var rewrite: String
  /// What the client asked for.
  var incomingModel: String
  /// What took its place.
  var targetModel: String

  /// These labels under the cap of `models`. Targets come from the configuration and need none.
  func relabeled(models: inout CappedNames) -> RewriteLabels {
    RewriteLabels(rewrite: rewrite, incomingModel: models.admit(incomingModel), targetModel: targetModel)
  }
}
