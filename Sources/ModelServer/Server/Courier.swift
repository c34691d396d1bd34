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
  private let loop: EventLoop
  private let state: ServerState
  private var outgoing: [[LoopMessage]]

  init(loop: EventLoop, state: ServerState) {
    self.loop = loop
    self.state = state
    outgoing = Array(repeating: [], count: state.loopCount)
    if state.loopCount > 1 { loop.atEndOfTick { [unowned self] in flush() } }
  }

  func send(_ message: LoopMessage, to target: Int) { outgoing[target].append(message) }

  func deliver(_ event: SequenceEvent, sequence: Int, to job: JobID, on target: Int) {
    outgoing[target].append(.event(event, sequence: sequence, job: job))
  }

  private func flush() {
    for target in outgoing.indices where !outgoing[target].isEmpty {
      var batch: [LoopMessage] = []
      swap(&batch, &outgoing[target])
      guard let application = state.application(on: target) else { continue }
      let messages = batch
      application.loop.execute { application.bound.value.receive(messages) }
    }
  }
}
