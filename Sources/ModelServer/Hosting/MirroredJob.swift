internal import HTTPServer
internal import Simulation
internal import Synchronization

/// A generation whose answer nobody reads: the engine works, and its metrics count.
final class MirroredJob: GenerationSink {
  private let plan: GenerationPlan
  private let application: LoopApplication
  private var unfinishedCount: Int
  /// Its number, while an engine of another loop serves it.
  private var remote: JobID?
  private var isOver = false

  init(plan: GenerationPlan, application: LoopApplication) {
    self.plan = plan
    self.application = application
    unfinishedCount = plan.sequenceCount
  }

  func start(_ requests: consuming [GenerationRequest]) {
    let now = Instant(nanoseconds: Clock.monotonic)
    let context = SubmissionContext(arrival: now, choices: plan.choices)
    if let host = application.hosts[plan.model] {
      _ = host.submit(requests, context: context, sink: .local(self), at: now)
      host.advance(to: now)
    } else {
      let job = application.jobs.insert(self)
      remote = job
      application.courier.send(
        .submit(model: plan.model, requests, context, from: application.loop.index, job: job),
        to: application.state.home(of: plan.model))
    }
  }

  func receive(_ event: SequenceEvent, sequence: Int) {
    switch event {
    case .accepted, .tokens: break
    case .queueFull, .backlogFull, .exceedsKVCache: end()
    case .finished:
      unfinishedCount -= 1
      if unfinishedCount == 0 { end() }
    }
  }

  private func end() {
    guard !isOver else { return }
    isOver = true
    application.state.openRequests.subtract(1, ordering: .relaxed)
    guard let remote else { return }
    application.jobs.remove(remote)
    application.courier.send(
      .release(model: plan.model, from: application.loop.index, job: remote),
      to: application.state.home(of: plan.model))
  }
}
