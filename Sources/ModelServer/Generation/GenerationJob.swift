internal import HTTPServer
internal import OpenAIAPI
internal import Simulation

/// One inference request from its submission to the end of its answer; lives on the loop of its connection.
final class GenerationJob: GenerationSink, ExchangeDelegate {
  private enum Engagement {
    /// Nothing has been submitted yet, or all is over.
    case none
    /// Submitted to an engine of this loop.
    case local(EngineHost, [RequestID])
    /// Submitted to an engine of another loop.
    case remote(loop: Int, JobID)
  }

  let plan: GenerationPlan
  private let exchange: Exchange
  private let application: LoopApplication
  private var answer: any Answer
  /// Told how the answer comes along; nil for a request that nothing stands in front of.
  private let observer: (any ForwardingObserver)?
  private var generatedTokens = 0
  private var engagement = Engagement.none
  private var acceptedCount = 0
  private var unfinishedCount: Int

  init(
    plan: GenerationPlan, exchange: Exchange, application: LoopApplication, observer: (any ForwardingObserver)? = nil
  ) {
    self.observer = observer
    self.plan = plan
    self.exchange = exchange
    self.application = application
    unfinishedCount = plan.sequenceCount
    answer =
      plan.options.stream
      ? StreamedAnswer(plan: plan, exchange: exchange, application: application)
      : WholeAnswer(plan: plan, exchange: exchange, application: application)
  }

  /// Submits the sequences; the answer comes through the exchange.
  func start(_ requests: consuming [GenerationRequest]) {
    exchange.delegate = self
    let context = SubmissionContext(
      arrival: Instant(nanoseconds: exchange.handedOverAt), choices: plan.choices, wantsLoad: plan.loadReport != nil)
    if let host = application.hosts[plan.model] {
      let now = Instant(nanoseconds: Clock.monotonic)
      let ids = host.submit(requests, context: context, sink: .local(self), at: now)
      if !ids.isEmpty { engagement = .local(host, ids) }
      host.advance(to: now)
    } else {
      let home = application.state.home(of: plan.model)
      let job = application.jobs.insert(self)
      engagement = .remote(loop: home, job)
      application.courier.send(
        .submit(model: plan.model, requests, context, from: application.loop.index, job: job), to: home)
    }
  }

  // MARK: - The engine's events

  func receive(_ event: SequenceEvent, sequence: Int) {
    guard exchange.delegate === self else { return }
    switch event {
    case .accepted(let output):
      answer.prepare(sequence, output)
      acceptedCount += 1
      if acceptedCount == plan.sequenceCount { answer.begin() }
    case .queueFull:
      refuse(.queueFull(status: application.state.configuration.api.queueFullStatus))
    case .backlogFull(let limit):
      refuse(.backlogFull(limit: limit))
    case .exceedsKVCache(let promptTokens, let capacityTokens):
      refuse(.promptExceedsKVCache(promptTokens: promptTokens, capacityTokens: capacityTokens))
    case .tokens(let range, let due):
      // What a slow reader holds back is not late by our doing.
      if plan.options.stream, !exchange.isBackedUp {
        application.lateness.wrote(range.count, of: plan.model, due: due)
      }
      if let observer {
        if generatedTokens == 0 { observer.forwardedRequestDidProduceFirstToken(at: Clock.monotonic) }
        generatedTokens += range.count
      }
      answer.advance(sequence, to: range.upperBound)
    case .finished(let end):
      unfinishedCount -= 1
      answer.finish(sequence, end)
      if unfinishedCount == 0 {
        if !plan.options.stream { application.lateness.wrote(1, of: plan.model, due: end.lastToken) }
        release()
        observer?.forwardedRequestDidFinish(
          promptTokens: plan.totalPromptTokens, completionTokens: generatedTokens, isStream: plan.options.stream)
        answer.end()
      }
    }
  }

  private func refuse(_ error: APIError) {
    release()
    exchange.delegate = nil
    application.refuse(exchange, error, requestID: plan.requestID)
  }

  // MARK: - The client's events

  func exchangeDidAbort(_ exchange: Exchange) {
    if case .local(let host, let ids) = engagement { host.cancel(ids) }
    release()
    answer.abandon()
  }

  func exchangeDidDrain(_ exchange: Exchange) { answer.resume() }

  private func release() {
    if case .remote(let loop, let job) = engagement {
      application.jobs.remove(job)
      application.courier.send(.release(model: plan.model, from: application.loop.index, job: job), to: loop)
    }
    engagement = .none
  }
}
