internal import HTTPServer
internal import Simulation

/// A message from one loop's application to another's.
enum LoopMessage: Sendable {
  /// Sequences for an engine that lives on the receiving loop.
  case submit(model: Int, [GenerationRequest], SubmissionContext, from: Int, job: JobID)
  /// A submitted job is over; what still runs of it is cancelled.
  case release(model: Int, from: Int, job: JobID)
  /// Something happened to a job of the receiving loop.
  case event(SequenceEvent, sequence: Int, job: JobID)
}

/// Carries messages between loops: collected during a turn, handed over in one batch per loop at its end.
final class Courier {
  private let resources: LoopResources
  private let state: ServerState
  private var outgoing: [[LoopMessage]]
  private var isDue = false

  init(resources: LoopResources, state: ServerState) {
    self.resources = resources
    self.state = state
    outgoing = Array(repeating: [], count: state.loopCount)
  }

  func send(_ message: LoopMessage, to target: Int) {
    outgoing[target].append(message)
    if !isDue {
      isDue = true
      resources.needsFlush(self)
    }
  }

  func deliver(_ event: SequenceEvent, sequence: Int, to job: JobID, on target: Int) {
    send(.event(event, sequence: sequence, job: job), to: target)
  }

  func flush() {
    isDue = false
    for target in outgoing.indices where !outgoing[target].isEmpty {
      var batch: [LoopMessage] = []
      swap(&batch, &outgoing[target])
      guard let application = state.application(on: target) else { continue }
      let messages = batch
      application.loop.execute { application.bound.value.receive(messages) }
    }
  }
}
